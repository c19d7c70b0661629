import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { openPool } from './pool.js';
import { heard, receiver, unreadable, type Incoming, type Receiver } from './receive.js';
import { applySchema } from './schema.apply.js';
import { historyLock } from './schema.js';

const epoch = '01900000-0000-7000-8000-000000000001';
const next = '01900000-0000-7000-8000-000000000002';
const message = (position: number, prev: number, text = `first ${position}`): Incoming => ({
  position,
  prev,
  type: 'guanxi.test.v1.Happened',
  key: position % 2 === 0 ? undefined : 'k',
  record: JSON.stringify({ text, quoted: '"\\' }),
});
const chain = (...positions: number[]): Incoming[] => positions.map((position, n) => message(position, positions[n - 1] ?? 0));

describe('receive', () => {
  let database: FreshDatabase;
  let pool: Pool;
  let inbox: Receiver;
  let signals = 0;
  const rows = async (source: string) =>
    (
      await pool.query<{ seq: number; after: number; source_position: number; record: string }>(
        'select seq, after, source_position, record from received where source = $1 order by seq',
        [source],
      )
    ).rows;
  const begin = (source: string): Promise<void> => inbox.enter(source, 0, { epoch: '', position: 0 }, { epoch, position: 0 });

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.url, { name: 'test' });
    await applySchema(pool);
    inbox = receiver(pool, () => signals++);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('takes nothing before the row is in the message’s epoch, nor in any other', async () => {
    expect(await inbox.receive('a', 0, epoch, chain(1))).toEqual({ row: { epoch: '', position: 0 }, done: 0, taken: 0 });
    await begin('a');
    expect(await inbox.receive('a', 0, next, chain(1))).toMatchObject({ row: { epoch }, done: 0 });
    expect(await rows('a')).toEqual([]);
  });

  it('takes what follows the row, passes over what does not stand above it, stops at a gap', async () => {
    const before = signals;
    expect(await inbox.receive('a', 0, epoch, [...chain(2, 5), message(9, 8)])).toEqual({ row: { epoch, position: 5 }, done: 2, taken: 2 });
    expect(await inbox.receive('a', 0, epoch, [message(2, 0), message(5, 2), message(7, 5)])).toEqual({
      row: { epoch, position: 7 },
      done: 3,
      taken: 1,
    });
    expect((await rows('a')).map((it) => it.source_position)).toEqual([2, 5, 7]);
    expect(signals).toBe(before + 2);
  });

  it('stores the exact text, numbers without gaps, and the history’s head of that moment', async () => {
    await pool.query(`insert into events values (1, gen_random_uuid(), 1, 't', gen_random_uuid(), 0, now(), '{}')`);
    await begin('b');
    await inbox.receive('b', 0, epoch, chain(1, 2));
    const [first, second] = await rows('b');
    expect(first).toMatchObject({ after: 1, record: message(1, 0).record });
    expect(second?.seq).toBe((first?.seq ?? 0) + 1);
    const { rows: all } = await pool.query<{ gaps: number }>('select (max(seq) - count(*))::int as gaps from received');
    expect(all).toEqual([{ gaps: 0 }]);
  });

  it('waits for whoever appends, so that `after` is the head that all others see', async () => {
    const appending = await pool.connect();
    await appending.query('begin');
    await appending.query(`select pg_advisory_xact_lock(${historyLock})`);
    await appending.query(`insert into events values (2, gen_random_uuid(), 1, 't', gen_random_uuid(), 0, now(), '{}')`);
    await begin('c');
    const received = inbox.receive('c', 0, epoch, chain(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await rows('c')).toEqual([]);
    await appending.query('commit');
    appending.release();
    await received;
    expect(await rows('c')).toMatchObject([{ after: 2 }]);
  });

  it('takes each message once though several consumers hold the same partition', async () => {
    await begin('d');
    const all = chain(...Array.from({ length: 90 }, (_, n) => 3 * n + 1));
    await Promise.all(
      Array.from({ length: 6 }, async (_, zombie) => {
        for (let from = 0; from < all.length; from += 10 + zombie) await inbox.receive('d', 0, epoch, all.slice(0, from + 15));
      }),
    );
    expect((await rows('d')).map((it) => it.source_position)).toEqual(all.map((it) => it.position));
  });

  it('enters a new epoch only from where the row was seen, and then passes over what it holds with the same text', async () => {
    await begin('e');
    await inbox.receive('e', 0, epoch, chain(1, 2, 3, 4));
    await inbox.enter('e', 0, { epoch, position: 3 }, { epoch: next, position: 0 });
    expect((await inbox.receive('e', 0, epoch, chain(1))).row).toEqual({ epoch, position: 4 });
    await inbox.enter('e', 0, { epoch, position: 4 }, { epoch: next, position: 1 });
    const again = [message(2, 1), message(3, 2, 'another story'), message(4, 3)];
    expect(await inbox.receive('e', 0, next, again)).toEqual({ row: { epoch: next, position: 4 }, done: 3, taken: 1 });
    expect((await rows('e')).map((it) => it.record)).toEqual([...chain(1, 2, 3, 4), message(3, 2, 'another story')].map((it) => it.record));
  });

  it('reads by key however many rows there are, also with a plan made while there were few', async () => {
    await begin('f');
    // Plain, so that only the function's own settings count.
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const call = `select taken from receive('f', 0::smallint, $1, $2, $3, $4, $5, $6)`;
    const values = (m: Incoming[]) => [
      epoch,
      m.map((it) => it.position),
      m.map((it) => it.prev),
      m.map((it) => it.type),
      m.map(() => null),
      m.map((it) => it.record),
    ];
    await client.query('analyze');
    await client.query(call, values(chain(1)));
    await client.query(
      `insert into received select seq + 1000, 0, now(), 'f', '${epoch}', seq + 9, 't', null, '{}' from generate_series(1, 20000) seq`,
    );
    const read = async (): Promise<number> => {
      await client.query('select pg_stat_force_next_flush()');
      return (
        (await client.query<{ n: string }>(`select seq_tup_read + idx_tup_fetch as n from pg_stat_user_tables where relname = 'received'`)).rows.map(
          ({ n }) => Number(n),
        )[0] ?? 0
      );
    };
    const before = await read();
    await client.query(call, values([message(2, 1)]));
    expect((await read()) - before).toBeLessThan(10);
    await client.end();
  });
});

describe('what is stored of a value', () => {
  it('is its exact text, with type and key of the record', () => {
    const text = '{"type":"guanxi.test.v1.Happened","subject":"thing/7","data":{"客":"\\u0000"}}';
    expect(heard(Buffer.from(text))).toEqual({ type: 'guanxi.test.v1.Happened', key: '7', record: text });
    expect(heard(Buffer.from(text.replace('"data"', '"customer":"c1","data"'))).key).toBe('c1');
  });

  it.each([
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['no JSON', Buffer.from('{"type":"t"')],
    ['nothing', Buffer.alloc(0)],
    ['a NUL', Buffer.from('{"type":"t"}\0')],
    ['JSON that is no record', Buffer.from('"type"')],
    ['null', Buffer.from('null')],
    ['a record without a type', Buffer.from('{"type":7}')],
    ['a type that PostgreSQL cannot hold', Buffer.from('{"type":"\\u0000"}')],
    ['JSON 200,000 deep', Buffer.from('['.repeat(200_000))],
  ])('is base64 under the type `unreadable` where it is %s', (_, value) => {
    expect(heard(value, 'k')).toEqual({ type: unreadable, key: 'k', record: value.toString('base64') });
  });

  it('has no key where the key is none to PostgreSQL', () => expect(heard(Buffer.alloc(0), 'a\0').key).toBeUndefined());
});
