import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { columnsOf } from '@guanxi/event-sourcing/view.columns';
import { createTable } from '@guanxi/event-sourcing/view.table';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { accountView } from './account.view.js';
import { customersFound, entriesFound, searchOf, type After } from './search.sql.js';
import { searchView } from './search.view.js';

/** Numbers below `n` that look like chance and are the same every time. */
const dice = (seed: number) => (n: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % n;
};
const roll = dice(7);
const letters = Array.from({ length: 120 }, (_, n) => String.fromCodePoint(0x4e00 + n * 31));
const words = ['tea', 'team', 'trade', 'trading', 'international', 'internationally', 'customer'];
const chinese = () => Array.from({ length: 2 + roll(3) }, () => letters[roll(letters.length)] ?? '').join('');
const latin = (n: number) => `${words[roll(words.length)] ?? ''} ${n}`;
const id = (n: number) => `00000000-0000-7000-8000-${((n * 7919) % 99_991).toString().padStart(12, '0')}`;
const customers = Array.from({ length: 6000 }, (_, n) => ({ accountId: id(n), name: n % 3 ? chinese() : latin(n) }));

let database: FreshDatabase;
let client: Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = new Client(database.url);
  await client.connect();
  await client.query(`${createTable(searchView, 'search_entries')} ${createTable(accountView, 'accounts')}`);
  const rows = customers.map((it, n) => ({
    ...it,
    entryId: it.accountId,
    externalRefs: [{ system: 's', id: `${n}` }],
    tags: ['everybody'],
    phones: [],
    emails: [],
  }));
  const columns = columnsOf(searchView);
  const values = rows.map((row) => ({ key: row.entryId, row, ...Object.fromEntries(columns.map((it) => [it.name, it.of(row)])) }));
  await client.query(
    `insert into search_entries select key, 1, row, account_id, terms, text
       from json_to_recordset($1) as it(key text, row json, account_id uuid, terms text[], text text)`,
    [JSON.stringify(values)],
  );
  await client.query('vacuum analyze search_entries');
}, 60_000);
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** All pages of a search. */
const found = async (q: string, size = 500): Promise<string[]> => {
  const all: string[] = [];
  let after: After | undefined;
  for (;;) {
    const { text, values } = customersFound(searchOf(q), after, size);
    const { rows } = await client.query<{ key: string; value: string }>(text, values);
    all.push(...rows.map((it) => it.key));
    const last = rows.at(-1);
    if (!last || rows.length < size) return all;
    after = { isExact: last.value === '0', accountId: last.key };
  }
};
const expected = (fits: (name: string, n: number) => boolean): string[] =>
  customers
    .filter((it, n) => fits(it.name, n))
    .map((it) => it.accountId)
    .sort();

describe('what is found', () => {
  it('is every name that holds one or two Chinese characters, each once, and no other', async () => {
    for (let n = 0; n < 40; n++) {
      const name = customers[1 + 3 * roll(1500)]?.name ?? '';
      const at = roll(name.length - 1);
      for (const q of [name.slice(at, at + 2), name.slice(at, at + 1), name])
        expect((await found(q, 40)).sort()).toEqual(expected((it) => it.includes(q)));
    }
  });
  it('is every name with a word that begins so, and whoever has it as an identifier', async () => {
    const begins = (name: string, q: string) => name.split(' ').some((it) => it.startsWith(q));
    for (const q of ['t', 'tea', 'team', 'trad', 'customer', 'international', 'internationally', '30', '300', '4'])
      expect((await found(q, 300)).sort()).toEqual(expected((it, n) => begins(it, q) || String(n) === q));
  });
  it('begins with who is meant exactly', async () => {
    const [name = '', twin = ''] = [customers[300]?.name, customers[301]?.name];
    expect((await found(name))[0]).toBe(id(300));
    expect((await found(twin))[0]).toBe(expected((it) => it === twin)[0]);
    expect((await found('4'))[0]).toBe(id(4));
  });
});

describe('the statement', () => {
  const plan = async (q: string): Promise<string> => {
    const { text, values } = customersFound(searchOf(q), undefined, 51);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    return rows.map((it) => it['QUERY PLAN']).join('\n');
  };
  it('finds what is rare by the index of terms', async () => {
    for (const q of [customers[1]?.name ?? '', customers[1]?.name.slice(0, 2) ?? '', 'customer 4711', 's:42', 'zzz'])
      expect(await plan(q)).toContain('Index Scan on search_entries_terms_idx');
    expect(await plan('zzz')).not.toContain('Seq Scan on search_entries');
  });
  it('walks what is common in the order of the page', async () => {
    expect(await plan('e')).toMatch(/Scan using search_entries_account_id_key_idx on search_entries e_1/);
    expect(await plan('e')).not.toContain('Seq Scan on search_entries');
  });
  it('holds nothing of what somebody looks for: that travels beside it', () => {
    const search = searchOf("王伟 13800138000 o'brien");
    for (const { text } of [customersFound(search, undefined, 51), entriesFound(search, [id(1)])]) expect(text).not.toMatch(/王伟|138|brien/);
  });
});
