import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type Answer, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const names = ['accounts', 'interactions', 'complaints', 'loyalty', 'privacy'];
const at = (second: number): string => new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString();

interface Told {
  readonly service: string;
  readonly position: string;
  readonly time: string;
}
interface Page {
  entries: (Told & { title: string })[];
  nextPageToken: string;
  incomplete: { service: string; reason: string }[];
}

const entry = (service: string, position: number, second: number) => ({
  ...{ service, position: String(position), time: at(second), type: 'guanxi.accounts.v1.OrderRecorded', subject: 'order/1', version: position },
  data: { amountMinor: '5' },
});

describe('the history of one customer', () => {
  let house: House;
  let authorization: string;
  let histories: Record<string, Told[]>;
  let limits: Record<string, number>;
  /** As a service does it, by position; it may give less than asked for. */
  const read: Answer = ({ service, request }) => {
    const { after, limit, newestFirst } = request as { after: string; limit: number; newestFirst: boolean };
    const all = newestFirst ? [...(histories[service] ?? [])].reverse() : (histories[service] ?? []);
    const rest = all.filter(({ position }) => after === '0' || (newestFirst ? Number(position) < Number(after) : Number(position) > Number(after)));
    const entries = rest.slice(0, Math.min(limit, limits[service] ?? limit));
    return { entries, more: entries.length < rest.length, known: all.length > 0 };
  };
  let answers: Record<string, Answer>;
  beforeAll(async () => {
    house = await openHouse((heard, call) => (answers[heard.service] ?? read)(heard, call), names);
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    [histories, limits, answers] = [{}, {}, {}];
    house.heard.length = 0;
  });
  const ask = async (query: Record<string, string> = {}, account = id, token = authorization) => {
    const answered = await fetch(`${house.url}/v1/customers/${account}/history?${new URLSearchParams(query).toString()}`, {
      headers: { authorization: token },
    });
    return { status: answered.status, json: (await answered.json()) as Page & { type: string } };
  };
  const all = async (query: Record<string, string>): Promise<string[]> => {
    const seen: string[] = [];
    for (let pageToken = ''; ;) {
      const { json } = await ask({ ...query, pageToken });
      seen.push(...json.entries.map((it) => `${it.service} ${it.position}`));
      if (!json.nextPageToken) return seen;
      pageToken = json.nextPageToken;
    }
  };

  it('has what happened in every service in one list, with a title, printed whole', async () => {
    histories = { accounts: [entry('accounts', 3, 1)], loyalty: [entry('loyalty', 8, 2)] };
    const { status, json } = await ask({}, id.toUpperCase());
    expect([status, json.nextPageToken, json.incomplete]).toEqual([200, '', []]);
    expect(json.entries).toMatchObject([
      { service: 'accounts', position: '3', time: at(1), title: 'An order was recorded · 订单已登记', actor: '', data: { amountMinor: '5' } },
      { service: 'loyalty', position: '8' },
    ]);
    expect(house.heard.map((it) => it.request['accountId'])).toEqual(names.map(() => id));
  });
  it.each(['time', 'time desc'])(
    'by %s has every event once and in order, whatever the pages and however little a service gives',
    async (orderBy) => {
      for (const [n, name] of names.entries())
        histories[name] = Array.from({ length: 20 + n }, (_, i) => entry(name, i * 3 + 1, Math.floor((i * (n + 1)) / 2)));
      const wanted = names
        .flatMap((name) => histories[name] ?? [])
        .sort(
          (a, b) =>
            Date.parse(a.time) - Date.parse(b.time) || names.indexOf(a.service) - names.indexOf(b.service) || Number(a.position) - Number(b.position),
        )
        .map((it) => `${it.service} ${it.position}`);
      limits = { complaints: 3, accounts: 1 };
      for (const pageSize of ['1', '7', '1000']) expect(await all({ orderBy, pageSize })).toEqual(orderBy === 'time' ? wanted : wanted.toReversed());
    },
  );
  it('asks for the times that were asked for', async () => {
    histories = { accounts: [entry('accounts', 1, 1)] };
    await ask({ from: '2026-03-01', to: '2026-03-02T08:00:00+08:00' });
    expect(house.heard[0]?.request).toMatchObject({ from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z', limit: 50 });
  });
  it('says which service did not answer, and shows what the others have', async () => {
    histories = { accounts: [entry('accounts', 1, 1)] };
    answers['loyalty'] = () => {
      throw new Rejection('history-unavailable', 'unavailable', 'Not now.');
    };
    const { status, json } = await ask();
    expect([status, json.entries.length, json.incomplete]).toEqual([200, 1, [{ service: 'loyalty', reason: 'history-unavailable' }]]);
  });
  it('is 404 where all answered and none ever heard of the customer, but not while one is away', async () => {
    expect(await ask()).toMatchObject({ status: 404, json: { type: '/problems/account-not-found' } });
    answers['privacy'] = () => {
      throw new Error('王小明');
    };
    expect(await ask()).toMatchObject({ status: 200, json: { entries: [], incomplete: [{ service: 'privacy', reason: 'internal' }] } });
  });
  it('refuses a token that is broken, forged, or of another list', async () => {
    histories = { accounts: [entry('accounts', 1, 1), entry('accounts', 2, 2)] };
    const { nextPageToken: good } = (await ask({ pageSize: '1' })).json;
    const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [name] = JSON.parse(Buffer.from(good, 'base64url').toString()) as [string];
    for (const pageToken of [
      'x',
      good.slice(1),
      forged([name, { accounts: -1 }]),
      forged([name, { accounts: 'x' }]),
      forged([name, []]),
      forged([name]),
    ])
      expect(await ask({ pageToken })).toMatchObject({ status: 400, json: { type: '/problems/page-token-unknown' } });
    expect(await ask({ pageToken: good, orderBy: 'time desc' })).toMatchObject({ status: 400 });
    expect(await ask({ pageToken: good }, '01890a5d-ac96-774b-bcce-b302099a8058')).toMatchObject({ status: 400 });
    expect(await ask({ pageToken: good })).toMatchObject({ status: 200 });
  });
  it.each([
    ['an id that is none', {}, '7', 422, 'invalid-request'],
    ['a day that does not exist', { from: '2026-02-30' }, id, 422, 'filter-invalid'],
    ['an order that it does not have', { orderBy: 'service' }, id, 400, 'order-by-unknown'],
    ['a moment', { asOf: at(1) }, id, 400, 'filter-unknown'],
  ])('refuses %s', async (_what, query, account, status, slug) => {
    expect(await ask(query as Record<string, string>, account)).toMatchObject({ status, json: { type: `/problems/${slug}` } });
  });
  it('is for those who look after what others did', async () => {
    expect((await ask({}, id, '')).status).toBe(401);
    for (const role of ['SALESPERSON', 'SYSTEM_ADMIN', 'SUBSCRIBER', 'CUSTOMER'])
      expect((await ask({}, id, await bearer(house, [role]))).status).toBe(403);
    for (const role of ['AUDITOR', 'PRIVACY_OFFICER', 'DATA_STEWARD']) expect((await ask({}, id, await bearer(house, [role]))).status).toBe(404);
  });
});
