import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { reference, referenceRows } from './reference-rows.ts';

const name = 'interactions_callcentre_1999_02_first_half';
// Two of the log's fourteen days; the whole of it takes a minute where other tests run beside.
const days = ['990201', '990202'];
const rows = referenceRows(`${name}/calls.csv.gz`).filter(({ date = '' }) => days.includes(date));
const minutes = 60_000;

type Row = Record<string, string>;
interface Summary {
  readonly total: number;
  readonly identified: number;
  readonly byOutcome: readonly { key: string; count: number }[];
}

const countsBy = (all: readonly Row[], valueOf: (row: Row) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of all) counts[valueOf(row)] = (counts[valueOf(row)] ?? 0) + 1;
  return counts;
};

(rows.length ? describe : describe.skip)('npm run import -- interactions', () => {
  const known = rows.filter((row) => row['customer_id'] !== '0');
  const byCustomer = countsBy(known, (row) => row['customer_id'] ?? '');
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await startHouse(newFolder());
    authorization = `Bearer ${script(house.folder, 'token').out.trim()}`;
    const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))];
    writeFileSync(join(house.folder, 'calls.csv'), lines.map((cells) => cells.join(',')).join('\n'));
  }, 3 * minutes);
  afterAll(async () => {
    house.signal('SIGTERM');
    await house.ended;
    removeFolder(house.folder);
  }, minutes);

  const importing = () =>
    script(house.folder, 'import', 'interactions', join(house.folder, 'calls.csv'), '--mapping', 'docs/imports/callcentre.json');
  const get = async <T>(path: string): Promise<T> => (await (await fetch(house.url + path, { headers: { authorization } })).json()) as T;
  const summary = (query = '') => get<Summary>(`/v1/interactions:summary${query}`);
  const midnight = (date: string, after = 0) => new Date(Date.parse(`19${date.replace(/(..)(..)$/, '-$1-$2')}`) + after).toISOString();

  it(
    'records every call, whoever called; days and outcomes are those of the log',
    async () => {
      const { code, out } = importing();
      expect(out).toMatch(/3,413 {2}imported\n[^]*customers registered/);
      expect(code).toBe(0);
      const { total, identified, byOutcome } = await summary();
      expect({ total, identified }).toEqual({ total: rows.length, identified: known.length });
      expect(Object.fromEntries(byOutcome.map(({ key, count }) => [key, count]))).toEqual(countsBy(rows, (row) => row['outcome'] ?? ''));
      const { by_day: byDay } = reference(name) as { by_day: Record<string, number> };
      for (const date of days)
        expect(await summary(`?from=${midnight(date)}&to=${midnight(date, 86_400_000)}`)).toMatchObject({ total: byDay[date] });
      expect(await get('/v1/accounts:summary')).toMatchObject({ total: Object.keys(byCustomer).length });
    },
    2 * minutes,
  );

  it(
    'gives each customer their own calls, newest first, in their timeline too',
    async () => {
      const most = Object.entries(byCustomer).sort(([, a], [, b]) => b - a);
      for (const [id, count] of most.slice(0, 10)) {
        const { accounts } = await get<{ accounts: { accountId: string }[] }>(`/v1/accounts?externalRef=callcentre:${id}`);
        const accountId = accounts[0]?.accountId ?? '';
        expect(await summary(`?accountId=${accountId}`)).toMatchObject({ total: count, identified: count });
        const path = `/v1/customers/${accountId}/timeline?kind=INTERACTION_LOGGED&pageSize=1000`;
        const times = (await get<{ entries: { at: string }[] }>(path)).entries.map(({ at }) => at);
        expect(times).toHaveLength(count);
        expect(times).toEqual(times.toSorted().reverse());
      }
    },
    minutes,
  );

  it(
    'keeps what else the log says, and doubles nothing when it runs again',
    async () => {
      const { code, out } = importing();
      expect(out).toMatch(/ 0 {2}imported\n +3,413 {2}imported before/);
      expect(code).toBe(0);
      const summaries: Row[] = [];
      for (let page = '', more = true; more; more = page !== '') {
        const path = `/v1/interactions?pageSize=1000&pageToken=${page}`;
        const { interactions, nextPageToken } = await get<{ interactions: Row[]; nextPageToken: string }>(path);
        summaries.push(...interactions);
        page = nextPageToken;
      }
      const types = countsBy(summaries, ({ summary: text = '' }) => /^service (\w+),/.exec(text)?.[1] ?? text);
      expect(types).toEqual(countsBy(rows, (row) => row['type'] ?? ''));
    },
    2 * minutes,
  );
});
