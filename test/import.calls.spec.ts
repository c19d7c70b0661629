import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { referenceData } from './reference-data.ts';
import { reference } from './reference-rows.ts';

const name = 'interactions_callcentre_1999_02_first_half';
const calls = referenceData(`${name}/calls.csv.gz`) ?? '';
const minutes = 60_000;

type Counts = Record<string, number>;
interface Log {
  readonly calls: number;
  readonly with_customer_id: number;
  readonly distinct_customers: number;
  readonly by_outcome: Counts;
  readonly by_type: Counts;
  readonly by_day: Counts;
  readonly top_10_customers: Counts;
}
interface Summary {
  readonly total: number;
  readonly identified: number;
  readonly byType: readonly { key: string; count: number }[];
  readonly byOutcome: readonly { key: string; count: number }[];
}

(calls ? describe : describe.skip)('npm run import -- interactions', () => {
  const log = reference(name) as unknown as Log;
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await startHouse(newFolder());
    authorization = `Bearer ${script(house.folder, 'token').out.trim()}`;
  }, 3 * minutes);
  afterAll(async () => {
    house.signal('SIGTERM');
    await house.ended;
    removeFolder(house.folder);
  }, minutes);

  const importing = () => script(house.folder, 'import', 'interactions', calls, '--mapping', 'docs/imports/callcentre.json');
  const get = async <T>(path: string): Promise<T> => (await (await fetch(house.url + path, { headers: { authorization } })).json()) as T;
  const summary = (query = '') => get<Summary>(`/v1/interactions:summary${query}`);
  const day = (text: string, after = 0) => new Date(Date.parse(`19${text.replace(/(..)(..)$/, '-$1-$2')}`) + after).toISOString();

  it(
    'imports every call of the log, whoever called; totals, days and outcomes equal the reference',
    async () => {
      const { code, out } = importing();
      expect(out).toMatch(/17,456 {2}imported\n[^]*2,682 {2}customers registered/);
      expect(code).toBe(0);
      const { total, identified, byType, byOutcome } = await summary();
      expect({ total, identified }).toEqual({ total: log.calls, identified: log.with_customer_id });
      expect(byType).toEqual([{ key: 'CALL', count: log.calls }]);
      expect(Object.fromEntries(byOutcome.map(({ key, count }) => [key, count]))).toEqual(log.by_outcome);
      for (const [date, count] of Object.entries(log.by_day))
        expect(await summary(`?from=${day(date)}&to=${day(date, 86_400_000)}`)).toMatchObject({ total: count });
      expect(await get('/v1/accounts:summary')).toMatchObject({ total: log.distinct_customers });
    },
    5 * minutes,
  );

  it(
    'gives each customer their own calls, newest first, in their timeline too',
    async () => {
      for (const [id, count] of Object.entries(log.top_10_customers)) {
        const { accounts } = await get<{ accounts: { accountId: string }[] }>(`/v1/accounts?externalRef=callcentre:${id}`);
        const accountId = accounts[0]?.accountId ?? '';
        expect(await summary(`?accountId=${accountId}`)).toMatchObject({ total: count, identified: count });
        const path = `/v1/customers/${accountId}/timeline?kind=INTERACTION_LOGGED&pageSize=1000`;
        const { entries } = await get<{ entries: { at: string }[] }>(path);
        expect(entries).toHaveLength(count);
        expect(entries.map(({ at }) => at)).toEqual(
          entries
            .map(({ at }) => at)
            .toSorted()
            .reverse(),
        );
      }
    },
    minutes,
  );

  it(
    'reads what kind of call it was, and doubles nothing when it runs again',
    async () => {
      const { code, out } = importing();
      expect(out).toMatch(/ 0 {2}imported\n +17,456 {2}imported before/);
      expect(code).toBe(0);
      const types: Counts = {};
      for (let page = '', more = true; more; more = page !== '') {
        const path = `/v1/interactions?pageSize=1000&pageToken=${page}`;
        const { interactions, nextPageToken } = await get<{ interactions: { summary: string }[]; nextPageToken: string }>(path);
        for (const { summary: text } of interactions) {
          const type = /^service (\w+),/.exec(text)?.[1] ?? text;
          types[type] = (types[type] ?? 0) + 1;
        }
        page = nextPageToken;
      }
      expect(types).toEqual(log.by_type);
    },
    5 * minutes,
  );
});
