import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { Order, type Account } from './testing/shop.js';
import { orderView } from './testing/shop.views.js';
import { columnsOf, keyTypeOf } from './view.columns.js';
import { createTable, tableName, viewTable } from './view.table.js';
import { view } from './view.js';

const row: Order = {
  orderId: randomUUID(),
  accountId: 'a',
  status: 'PAID',
  amount: '9007199254740993',
  placedAt: '2026-11-22T08:00:00.123Z',
  tags: [],
  seen: [],
  version: 2,
};

describe('a view’s columns', () => {
  it('take their types from the contract and their names from proto', () => {
    expect(columnsOf(orderView).map(({ name, field, type }) => [name, field, type])).toEqual([
      ['account_id', 'accountId', 'text'],
      ['status', 'status', 'text'],
      ['amount', 'amount', 'bigint'],
      ['placed_at', 'placedAt', 'timestamptz'],
      ['tags', 'tags', 'text[]'],
      ['paid_up', 'paidUp', 'boolean'],
    ]);
    expect(keyTypeOf(orderView)).toBe('uuid');
  });

  it('refuse a filter that names no field', () => {
    expect(() => columnsOf(view(Order, { version: 1, table: 't', key: 'orderId', filters: ['name' as never] }))).toThrow('has no field name');
    expect(() => keyTypeOf(view<Account>(Order as never, { version: 1, table: 't', key: 'accountIdd' as never }))).toThrow('has no field accountIdd');
  });
});

describe('a generation’s table', () => {
  const table = viewTable(orderView, tableName(orderView, 7));
  let database: FreshDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = new Pool({ connectionString: database.url });
    await pool.query(createTable(orderView, table.name));
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const write = (rows: readonly Order[]) =>
    pool.query({ ...table.upsert, values: table.values(rows.map((it, n) => ({ key: it.orderId, position: n + 1, row: it as never }))) });
  const read = async (keys: readonly string[]): Promise<Map<string, unknown>> => {
    const { rows } = await pool.query<[string, string]>({ ...table.load, rowMode: 'array', values: [keys] });
    return new Map(rows.map(([key, text]) => [key, JSON.parse(text) as unknown]));
  };

  it('is named by view, version and generation', () => {
    expect(table.name).toBe('shop_order_v1_g7');
  });

  it('keeps every text as it is, in rows, lists and columns', async () => {
    const texts = ['', '"', '\\', '\\"', '{}', ',', 'NULL', '张伟\u2028', '\n\t\u0001', "'; drop table x", '\ud83d\ude00', '\\u0041'];
    const rows = texts.map((text) => ({ ...row, orderId: randomUUID(), status: text, accountId: text, tags: [text, ...texts] }));
    await write(rows);
    expect(await read(rows.map((it) => it.orderId))).toEqual(new Map(rows.map((it) => [it.orderId, it])));
    for (const it of rows) {
      const { rows: found } = await pool.query(`select account_id, tags from ${table.name} where key = $1`, [it.orderId]);
      expect(found).toEqual([{ account_id: it.accountId, tags: it.tags }]);
    }
  });

  it('writes numbers, instants, truths and what is absent into typed columns', async () => {
    await write([row, { ...row, orderId: '00000000-0000-4000-8000-000000000000', placedAt: undefined, status: 'PLACED' }]);
    const { rows } = await pool.query(`select amount::text, placed_at, paid_up from ${table.name} where key = any($1) order by key`, [
      ['00000000-0000-4000-8000-000000000000', row.orderId],
    ]);
    expect(rows).toEqual([
      { amount: row.amount, placed_at: null, paid_up: false },
      { amount: row.amount, placed_at: new Date(row.placedAt ?? ''), paid_up: true },
    ]);
  });

  it('replaces a row with the position that changed it, and removes by key', async () => {
    await write([row]);
    await write([
      { ...row, orderId: randomUUID() },
      { ...row, status: 'PLACED' },
    ]);
    const { rows } = await pool.query(`select position::int, status, paid_up from ${table.name} where key = $1`, [row.orderId]);
    expect(rows).toEqual([{ position: 2, status: 'PLACED', paid_up: false }]);
    await pool.query({ ...table.remove, values: [[row.orderId]] });
    expect(await read([row.orderId])).toEqual(new Map());
  });

  it('has an index for every filter: with the key, or over the members of a list', async () => {
    const { rows } = await pool.query<{ def: string }>(
      `select regexp_replace(indexdef, '^.* using', 'using', 'i') as def from pg_indexes where tablename = $1 order by 1`,
      [table.name],
    );
    expect(rows.map((it) => it.def)).toEqual(
      expect.arrayContaining(
        ['USING btree (key)', 'USING btree (account_id, key)', 'USING btree (placed_at, key)', 'USING btree (paid_up, key)', 'USING gin (tags)'].map(
          (it) => it.replace('USING', 'using'),
        ),
      ),
    );
  });
});
