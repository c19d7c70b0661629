import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createTable, viewTable, type Folded } from '@guanxi/event-sourcing/view.table';
import type { Order } from '@guanxi/event-sourcing/testing/shop';
import { orderView } from '@guanxi/event-sourcing/testing/shop.views';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { driftOf } from './entities.js';
import { readSource } from './read.source.js';
import type { Page } from './paged.js';
import { readerOf, type Reader } from './reader.js';
import type { Filters } from './reader.query.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
/** 250 orders; every seventh has no date, amounts repeat, ids do not follow time. */
const order = (n: number): Order => ({
  orderId: id((n * 7919) % 1000),
  accountId: `a${n % 3}`,
  status: ['PLACED', 'PAID'][n % 2]!,
  amount: String((n % 10) * 100),
  ...(n % 7 === 0 ? {} : { placedAt: day(n) }),
  tags: n % 5 === 0 ? ['new', 'vip'] : n % 5 === 1 ? ['new'] : [],
  seen: [],
  version: n,
});
const orders = Array.from({ length: 250 }, (_, n) => order(n));

describe('a list', () => {
  let database: FreshDatabase;
  let client: Client;
  let source: DataSource;
  let reader: Reader<Order>;
  const put = (rows: readonly Order[]) => {
    const { upsert, values } = viewTable(orderView, 'shop_order_v1_g1');
    return client.query(upsert.text, values(rows.map((row): Folded => ({ key: row.orderId, position: row.version, row: { ...row } }))));
  };
  beforeAll(async () => {
    database = await freshDatabase();
    client = new Client(database.url);
    await client.connect();
    await client.query(createTable(orderView, 'shop_order_v1_g1'));
    await client.query('create view shop_order as select * from shop_order_v1_g1');
    await put(orders);
    source = await readSource(database.url, [orderView]);
    reader = readerOf(source, orderView);
  });
  afterAll(async () => {
    await source.destroy();
    await client.end();
    await database.drop();
  });
  const all = async (filters: Filters, orderBy: string, pageSize: number, between?: () => Promise<unknown>): Promise<Order[]> => {
    const rows: Order[] = [];
    let page: Page<Order> = { rows: [], nextPageToken: '' };
    do {
      page = await reader.list(filters, { orderBy, pageSize, pageToken: page.nextPageToken });
      rows.push(...page.rows);
      await between?.();
    } while (page.nextPageToken);
    return rows;
  };
  const expected = (field: 'placedAt' | 'amount' | 'orderId', desc: boolean): string[] => {
    const value = (it: Order): string => (field === 'amount' ? it.amount.padStart(9, '0') : (it[field] ?? ''));
    const sorted = (list: Order[]) => list.sort((a, b) => (value(a) + a.orderId < value(b) + b.orderId ? -1 : 1)).map((it) => it.orderId);
    const [valued, empty] = [sorted(orders.filter(value)), sorted(orders.filter((it) => !value(it)))];
    return desc ? [...valued.reverse(), ...empty.reverse()] : [...valued, ...empty];
  };

  it.each([
    ['placedAt', false],
    ['placedAt', true],
    ['amount', false],
    ['amount', true],
    ['orderId', true],
  ] as const)('by %s (descending: %s) has every row once, in order, whatever the page size', async (field, desc) => {
    const orderBy = desc ? `${field} desc` : field;
    for (const size of [1000, 120, 37]) expect((await all({}, orderBy, size)).map((it) => it.orderId)).toEqual(expected(field, desc));
  });
  it('takes the proto name of a field too', async () => {
    expect((await all({}, 'placed_at desc', 1000)).map((it) => it.orderId)).toEqual(expected('placedAt', true));
  });
  it('keeps its place when rows come in between', async () => {
    let n = 0;
    const extra = (): Order => ({ ...order(1), orderId: id(5000 + ++n), placedAt: day(0) });
    const seen = await all({}, 'placedAt', 50, () => put([extra()]));
    await client.query('delete from shop_order_v1_g1 where key::text >= $1', [id(5000)]);
    expect(seen.map((it) => it.orderId)).toEqual(expected('placedAt', false));
  });
  it('has 50 rows by default and 1,000 at most', async () => {
    expect((await reader.list({}, {})).rows).toHaveLength(50);
    await put(Array.from({ length: 900 }, (_, n) => ({ ...order(1), orderId: id(6000 + n) })));
    expect((await reader.list({}, { pageSize: 5000 })).rows).toHaveLength(1000);
    await client.query('delete from shop_order_v1_g1 where key::text >= $1', [id(6000)]);
  });
  it('ends a page at 3 MiB and goes on with the next', async () => {
    const large = Array.from({ length: 5 }, (_, n) => ({ ...order(1), orderId: id(7000 + n), accountId: 'large', seen: ['x'.repeat(1_000_000)] }));
    await put(large);
    expect((await reader.list({ accountId: 'large' }, {})).rows).toHaveLength(3);
    expect((await all({ accountId: 'large' }, '', 50)).map((it) => it.orderId)).toEqual(large.map((it) => it.orderId));
    await client.query('delete from shop_order_v1_g1 where key::text >= $1', [id(7000)]);
  });
  it('is filtered by a value, by any of several, by a tag, by a range and by a column of its own', async () => {
    const count = async (filters: Filters) => (await all(filters, '', 100)).length;
    const real = (test: (it: Order) => boolean) => orders.filter(test).length;
    expect(await count({ accountId: 'a1' })).toBe(real((it) => it.accountId === 'a1'));
    expect(await count({ accountId: ['a1', 'a2'], status: 'PAID' })).toBe(real((it) => it.accountId !== 'a0' && it.status === 'PAID'));
    expect(await count({ tags: ['vip'] })).toBe(50);
    expect(await count({ tags: ['vip', 'new'] })).toBe(100);
    expect(await count({ placedAt: { from: day(10), to: day(20) } })).toBe(
      real((it) => !!it.placedAt && it.placedAt >= day(10) && it.placedAt < day(20)),
    );
    expect(await count({ paidUp: true })).toBe(125);
    expect(await count({ amount: '300' })).toBe(25);
    expect(await count({ accountId: '', status: 'STATUS_UNSPECIFIED', tags: [], placedAt: {}, amount: undefined })).toBe(250);
    expect(await count({ accountId: 'nobody' })).toBe(0);
  });
  it('refuses an order, a token or a value that cannot be', async () => {
    const { nextPageToken } = await reader.list({}, { pageSize: 10, orderBy: 'amount' });
    const forged = Buffer.from(JSON.stringify(['amount', 'x', 'y'])).toString('base64url');
    for (const orderBy of ['tags', 'row', 'key', 'amount descending', 'amount; drop table x', 'constructor'])
      await expect(reader.list({}, { orderBy })).rejects.toMatchObject({ slug: 'order-by-unknown', kind: 'invalid' });
    for (const [pageToken, orderBy] of [
      ['xyz', ''],
      [nextPageToken, ''],
      [nextPageToken, 'amount desc'],
      [forged, 'amount'],
    ] as const)
      await expect(reader.list({}, { pageToken, orderBy })).rejects.toMatchObject({ slug: 'page-token-unknown', kind: 'invalid' });
    await expect(reader.list({ amount: 'much' }, {})).rejects.toMatchObject({ slug: 'filter-invalid', kind: 'invalid' });
  });
  it('gives one row by its key, and says so where there is none', async () => {
    await expect(reader.get(orders[3]!.orderId)).resolves.toEqual(orders[3]);
    await expect(reader.get(id(999_999))).rejects.toMatchObject({ slug: 'order-not-found', kind: 'not-found' });
    await expect(reader.one('no uuid')).resolves.toBeUndefined();
  });
  it('knows when its table is not what the view says', async () => {
    expect(await driftOf(source, [orderView])).toEqual([]);
    await client.query(
      'begin; drop view shop_order; create view shop_order as select key, position, row, account_id, status::varchar, placed_at, tags, paid_up from shop_order_v1_g1; commit',
    );
    expect(await driftOf(source, [orderView])).toEqual([
      'shop_order.status should be text, but is character varying',
      'shop_order.amount should be bigint, but is not there',
    ]);
  });
});
