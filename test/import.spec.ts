import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { referenceData } from './reference-data.ts';
import { reference, referenceRows, wholeUnits } from './reference-rows.ts';

const data = {
  orders: referenceData('purchases_cdnow/CDNOW_sample.txt.gz') ?? '',
  complaints: referenceData('complaints_cfpb_2019/complaints.csv.gz') ?? '',
  accounts: referenceData('pipeline_crm_sales/accounts.csv.gz') ?? '',
  deals: referenceData('pipeline_crm_sales/sales_pipeline.csv.gz') ?? '',
};
const onData = data.orders ? it : it.skip;
const minutes = 60_000;

let house: House;
let token: string;
beforeAll(async () => {
  house = await startHouse(newFolder());
  token = script(house.folder, 'token').out.trim();
}, 3 * minutes);
afterAll(async () => {
  house.signal('SIGTERM');
  await house.ended;
  removeFolder(house.folder);
}, minutes);

const importing = (...args: string[]) => script(house.folder, 'import', ...args);

const get = async <T>(path: string): Promise<T> =>
  (await (await fetch(house.url + path, { headers: { authorization: `Bearer ${token}` } })).json()) as T;

interface Trade {
  readonly orders: number;
  readonly quantity: string;
  readonly amountMinor: string;
  readonly firstOrderedAt: string;
  readonly lastOrderedAt: string;
}

interface Points {
  readonly balance: string;
  readonly lots: readonly { readonly points: string }[];
}

interface Account {
  readonly accountId: string;
  readonly displayName: string;
  readonly externalRefs: readonly { readonly system: string; readonly id: string }[];
  readonly lifecycle: string;
  readonly trade: readonly Trade[];
}

/** All accounts, by the id that the other system gave them. */
const accountsOf = async (system: string): Promise<Map<string, Account>> => {
  const all: Account[] = [];
  for (let page = ''; ;) {
    const { accounts, nextPageToken } = await get<{ accounts: Account[]; nextPageToken: string }>(`/v1/accounts?pageSize=1000&pageToken=${page}`);
    all.push(...accounts);
    page = nextPageToken;
    if (!page) break;
  }
  const refs = all.flatMap((account) => account.externalRefs.map((ref) => [ref, account] as const));
  return new Map(refs.filter(([ref]) => ref.system === system).map(([{ id }, account]) => [id, account]));
};

const sums = () => Promise.all([get('/v1/accounts:summary'), get('/v1/points:summary')]);

/** Money text with at most two decimals → minor units. */
const minor = (text: string): string => `${Math.round(Number(text) * 100)}`;

const inTrade = ({ orders, quantity, amount, first_date, last_date }: Record<string, string>) => ({
  orders: Number(orders),
  quantity,
  amountMinor: minor(amount ?? ''),
  firstOrderedAt: `${first_date}T00:00:00.000Z`,
  lastOrderedAt: `${last_date}T00:00:00.000Z`,
});

describe('npm run import', () => {
  const cdnow = [
    ...['orders', data.orders, '--mapping', 'docs/imports/cdnow.json', '--enrol'],
    ...['--columns', 'master,customer_id,date,number_of_cds,dollar_value'],
  ];

  onData(
    'registers customers and records their orders in one pass; every customer’s sums equal the reference',
    async () => {
      const { code, out } = importing(...cdnow);
      expect(out).toMatch(/6,919 {2}imported\n[^]*2,357 {2}customers registered\n[^]*2,357 {2}customers enrolled/);
      expect(code).toBe(0);
      const accounts = await accountsOf('cdnow');
      const expected = referenceRows('purchases_cdnow/per_customer_sample.csv.gz');
      expect(expected).toHaveLength(2357);
      for (const row of expected) {
        expect({ id: row['customer_id'], ...accounts.get(row['customer_id'] ?? '') }).toMatchObject({
          id: row['customer_id'],
          lifecycle: 'ACTUAL',
          trade: [inTrade(row)],
        });
      }
      expect(accounts.size).toBe(expected.length);
    },
    5 * minutes,
  );

  onData(
    'enrols customers before their orders: each has a point for every whole dollar of each order, and so have all together',
    async () => {
      const earned = wholeUnits(data.orders, 1, 4);
      const accounts = await accountsOf('cdnow');
      const found = new Map<string, number>();
      for (const [id, { accountId }] of accounts) {
        const { balance, lots } = await get<Points>(`/v1/accounts/${accountId}/points`);
        expect(lots.reduce((sum, it) => sum + Number(it.points), 0)).toBe(Number(balance));
        found.set(id, Number(balance));
      }
      expect(found).toEqual(earned);
      const total = String([...earned.values()].reduce((sum, it) => sum + it, 0));
      expect(await get('/v1/points:summary')).toMatchObject({ accounts: 2357, balance: total, earned: total, redeemed: '0', reversed: '0' });
    },
    5 * minutes,
  );

  onData(
    'doubles nothing when it runs again',
    async () => {
      const before = await sums();
      const { code, out } = importing(...cdnow);
      expect(out).toMatch(
        / 0 {2}imported\n +6,919 {2}imported before\n[^]* 0 {2}customers registered\n +2,357 {2}customers known before\n +0 {2}customers enrolled\n +2,357 {2}members before/,
      );
      expect(code).toBe(0);
      expect(await sums()).toEqual(before);
    },
    5 * minutes,
  );

  onData(
    'reads complaints whose texts hold line ends; totals by category, channel and month equal the reference',
    async () => {
      const { code, out } = importing('complaints', data.complaints, '--mapping', 'docs/imports/cfpb.json');
      expect(out).toContain('6,623  imported\n');
      expect(code).toBe(0);
      type Counts = { key: string; count: number }[];
      const { total, byCategory, byChannel, byMonth } = await get<{ total: number; byCategory: Counts; byChannel: Counts; byMonth: Counts }>(
        '/v1/complaints:summary',
      );
      const table = (counts: Counts) => Object.fromEntries(counts.map(({ key, count }) => [key, count]));
      const known = reference('complaints_cfpb_2019') as Record<'by_issue_top30' | 'by_month_received', Record<string, number>>;
      expect(total).toBe(6623);
      expect(table(byCategory)).toMatchObject(known.by_issue_top30);
      expect(byCategory).toHaveLength(86);
      expect(table(byMonth)).toEqual(known.by_month_received);
      expect(table(byChannel)).toEqual({ ONLINE: 5143, REFERRAL: 627, PHONE: 482, LETTER: 267, FAX: 102, EMAIL: 2 });
    },
    5 * minutes,
  );

  onData(
    'takes accounts from one file and their won deals from another',
    async () => {
      expect(importing('accounts', data.accounts, '--mapping', 'docs/imports/pipeline-accounts.json')).toMatchObject({ code: 0 });
      const { code, out } = importing('orders', data.deals, '--mapping', 'docs/imports/pipeline-orders.json');
      expect(out).toMatch(/4,238 {2}imported\n[^]*4,562 {2}passed over/);
      expect(code).toBe(0);
      const accounts = await accountsOf('pipeline');
      for (const row of referenceRows('pipeline_crm_sales/per_customer.csv.gz')) {
        expect(accounts.get(row['customer_id'] ?? '')).toMatchObject({ trade: [inTrade(row)] });
      }
    },
    5 * minutes,
  );

  it(
    'reports each refused row with its line, field and reason, whoever refuses it, and imports the others',
    async () => {
      const file = join(house.folder, 'bad.csv');
      const refused = join(house.folder, 'refused.csv');
      const rows = [
        'id,customer,on,what,price',
        '1,a,2026-03-01,"a\nbook",12.50',
        '2,a,2026-02-30,book,1',
        '3,a,2026-03-01,book,1.005',
        '4,a',
        '5,a,2026-03-01,book,-1',
        '6,,2026-03-01,book,1',
        '7,b,2026-03-01,book,0',
      ];
      writeFileSync(file, rows.join('\n'));
      const map = 'account_ref=bad:{customer},ordered_at=on,lines.product=what,lines.amount=price';
      const { code, out } = importing(
        'orders',
        file,
        '--ref',
        'bad:{id}',
        '--map',
        map,
        '--set',
        'kind=PERSON,currency=EUR,lines.quantity=1',
        '--refused',
        refused,
      );
      expect(code).toBe(2);
      expect(out).toMatch(/2 {2}imported\n[^]*5 {2}refused\n +2 {2}customers registered/);
      const reasons = readFileSync(refused, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').slice(0, 3).join(','));
      expect(reasons.sort()).toEqual([
        '4,ordered_at,not-a-date',
        '5,lines.amount_minor,fraction-of-minor-unit',
        '6,,columns',
        '7,lines[0].amountMinor,invalid-request',
        '8,,invalid-request',
      ]);
    },
    minutes,
  );

  it(
    'ends with a clear word where nothing can be sent',
    () => {
      const file = join(house.folder, 'one.csv');
      writeFileSync(file, 'id\n1\n');
      const account = ['accounts', file, '--ref', 'x:{id}', '--set', 'kind=PERSON,display_name=x'];
      expect(importing(...account, '--url', 'http://127.0.0.1:1/nowhere', '--dry-run')).toMatchObject({ code: 0 });
      expect(importing('accounts', join(house.folder, 'none.csv'), '--ref', 'x:{id}').err).toContain('There is no file');
      expect(importing(...account, '--map', 'colour=id').err).toContain('no field "colour"');
      const nowhere = newFolder();
      expect(script(nowhere, 'import', ...account).err).toContain('does not run here');
      removeFolder(nowhere);
    },
    minutes,
  );
});
