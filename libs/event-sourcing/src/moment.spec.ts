import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { fold, type Row } from './fold.js';
import { contractsOf, interpret } from './interpret.js';
import { momentOf, type AsOf } from './moment.js';
import { foldMoment } from './moment.fold.js';
import { readRecord } from './record.js';
import { beginning, readRecorded, type Entry } from './recorded.js';
import { opened, placed, type Told } from './testing/shop.database.js';
import { shopTests } from './testing/shop.setup.js';
import { accountView, orderView, shop } from './testing/shop.views.js';
import type { AnyView } from './view.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const contracts = contractsOf(shop);
const views: readonly AnyView[] = [orderView, accountView];
const customers = Array.from({ length: 3 }, () => randomUUID());
const begin = Date.UTC(2026, 2, 1);
/** Every step of a test is recorded a second after the one before. */
const timeOf = (step: number): string => new Date(begin + step * 1_000).toISOString();

type Rows = ReadonlyMap<string, Row>;
const plain = (rows: Iterable<readonly [string, Row | undefined]>): Rows =>
  new Map([...rows].flatMap(([key, row]) => (row ? [[key, JSON.parse(JSON.stringify(row)) as Row] as const] : [])));

/** What folding these entries from the start gives. */
const foldOf = (view: AnyView, entries: readonly Entry[]): Rows => {
  const { events } = interpret(entries, beginning, contracts, readRecord);
  return plain([...fold(view, new Map(), events)].map(([key, it]) => [key, it.row] as const));
};

/** What the tables as of a moment hold. */
const rowsAsOf = async (url: string, pool: Pool, asked: AsOf, customer?: string): Promise<readonly Rows[]> => {
  const client = new Client({ connectionString: url, options: '-c search_path=pg_temp', pipeline: true });
  await client.connect();
  try {
    const { place } = await momentOf(pool, asked);
    await foldMoment(client, views, { pool, contracts, read: readRecord, place, customer, stopping: new AbortController().signal });
    const found = await Promise.all(views.map((it) => client.query<{ key: string; row: Row }>(`select key::text, row from ${it.options.table}`)));
    return found.map(({ rows }) => plain(rows.map((it) => [it.key, it.row] as const)));
  } finally {
    await client.end();
  }
};

interface Step {
  readonly own: readonly { readonly order: number; readonly customer: number; readonly amount: number; readonly kind: string }[];
  readonly heard: readonly number[];
}
const act = fc.record({ order: fc.nat(3), customer: fc.nat(2), amount: fc.nat(99), kind: fc.constantFrom('placed', 'paid', 'voided') });
const step: fc.Arbitrary<Step> = fc.record({ own: fc.array(act, { maxLength: 3 }), heard: fc.array(fc.nat(2), { maxLength: 2 }) });

describe('a view as of a moment', () => {
  /** A random history; its entries in order, and the step in which each was recorded. */
  const told = async (steps: readonly Step[], { pool, append, receive }: Awaited<ReturnType<typeof setUp>>) => {
    const orders = Array.from({ length: 4 }, () => ({ id: randomUUID(), version: 0 }));
    for (const [n, { own, heard }] of steps.entries()) {
      const events = own.map(({ order, customer, amount, kind }): Told => {
        const it = orders[order]!;
        const one = placed(it.id, ++it.version, customers[customer]!, amount);
        if (kind === 'paid') return { ...one, event: { orderPaid: { amount: String(amount) } } };
        return kind === 'voided' ? { ...one, event: { orderVoided: { reason: 'x' } } } : one;
      });
      if (events.length > 0) await append(events);
      if (heard.length > 0) await receive(heard.map((it) => opened(customers[it]!, `name ${n}`)));
      await pool.query(`update events set recorded_at = $1 where recorded_at > '2026-04-01'`, [timeOf(n)]);
      await pool.query(`update received set received_at = $1::timestamptz + interval '900 microseconds' where received_at > '2026-04-01'`, [
        timeOf(n),
      ]);
    }
    return readRecorded(pool, beginning, 100_000, [...contracts.payloads.keys()]);
  };

  it('is what a fold of all that lay before it gives, by position and by time, own and received events mixed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), async (steps, some, when) => {
        const db = await setUp();
        const entries = await told(steps, db);
        const head = entries.findLast((it) => it.seq === 0)?.position ?? 0;
        const position = some % (head + 1);
        const upTo = entries.findIndex((it) => it.seq === 0 && it.position === position) + 1;
        const n = when % (steps.length + 1);
        const { rows } = await db.pool.query<{ count: string }>(
          `select (select count(*) from events where recorded_at <= $1) + (select count(*) from received where received_at < $1::timestamptz + interval '1 ms') as count`,
          [timeOf(n - 1)],
        );
        const [byPosition, byTime] = await Promise.all([rowsAsOf(db.url, db.pool, { position }), rowsAsOf(db.url, db.pool, { time: timeOf(n - 1) })]);
        expect(byPosition).toEqual(views.map((view) => foldOf(view, entries.slice(0, upTo))));
        expect(byTime).toEqual(views.map((view) => foldOf(view, entries.slice(0, Number(rows[0]?.count)))));
        await tearDown();
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('holds the same rows of one customer where only the streams that mention them are folded', async () => {
    const db = await setUp();
    const random = fc.sample(step, 40);
    const entries = await told(random, db);
    const head = entries.findLast((it) => it.seq === 0)!.position;
    for (const customer of customers) {
      const [orders, accounts] = await rowsAsOf(db.url, db.pool, { position: head - 5 }, customer.toUpperCase());
      const [allOrders, allAccounts] = await rowsAsOf(db.url, db.pool, { position: head - 5 });
      const theirs = (rows: Rows | undefined) => new Map([...(rows ?? [])].filter(([, it]) => it['accountId'] === customer));
      expect(theirs(orders)).toEqual(theirs(allOrders));
      expect(theirs(accounts)).toEqual(theirs(allAccounts));
    }
  });

  it('is empty before the first event, and refused in the future and beyond the end', async () => {
    const { url, pool, append } = await setUp();
    const head = await append([placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'b')]);
    expect(await rowsAsOf(url, pool, { position: 0 })).toEqual([new Map(), new Map()]);
    expect(await rowsAsOf(url, pool, { time: '2001-01-01T00:00:00.000Z' })).toEqual([new Map(), new Map()]);
    const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
    expect((await momentOf(pool, { time: rows[0]!.now.toISOString() })).place).toEqual({ position: head, seq: 0 });
    const future = momentOf(pool, { time: new Date(Date.now() + 60_000).toISOString() });
    await expect(future).rejects.toMatchObject({ slug: 'as-of-in-the-future', kind: 'invalid', more: { errors: [{ field: 'asOf' }] } });
    const beyond = momentOf(pool, { position: head + 1 });
    await expect(beyond).rejects.toMatchObject({ slug: 'position-beyond-the-end', kind: 'invalid', more: { errors: [{ field: 'asOfPosition' }] } });
  });

  it('keeps the row of a key that cannot be folded any further, says how many there are, and passes over what was discarded', async () => {
    const db = await setUp();
    const [poisoned, good] = [randomUUID(), randomUUID()];
    // Twice as much is no bigint any more.
    const large = { ...placed(poisoned, 2, 'a'), event: { orderPaid: { amount: '9223372036854775807' } } };
    await db.append([placed(poisoned, 1, 'a', 1), large, placed(good, 1, 'b', 7)]);
    const picky = {
      ...orderView,
      options: { ...orderView.options, columns: { twice: { type: 'bigint' as const, of: (row: Row) => 2n * BigInt(String(row['amount'])) } } },
    };
    const client = new Client({ connectionString: db.url, options: '-c search_path=pg_temp', pipeline: true });
    await client.connect();
    client.on('error', () => undefined);
    const foldNow = async (): Promise<[number, (string | undefined)[]]> => {
      await client.query(`drop table if exists pg_temp.${picky.options.table}`);
      const { place } = await momentOf(db.pool, { position: 3 });
      const it = { pool: db.pool, contracts, read: readRecord, place, customer: undefined, stopping: new AbortController().signal };
      const parked = await foldMoment(client, [picky as AnyView], it);
      const { rows } = await client.query<{ key: string; amount: string }>(`select key::text, amount from ${picky.options.table}`);
      return [parked, [poisoned, good].map((key) => rows.find((row) => row.key === key)?.amount)];
    };
    expect(await foldNow()).toEqual([1, ['1', '7']]);
    await db.pool.query(`insert into discarded (view, key, position, seq, type, reason, actor) values ($1, $2, 2, 0, 't', 'x', 'y')`, [
      picky.options.table,
      poisoned,
    ]);
    expect(await foldNow()).toEqual([0, ['1', '7']]);
    await client.end();
  });

  it('waits for an append that has its time already and is not there yet', async () => {
    const { pool, append } = await setUp();
    await append([placed(randomUUID(), 1, 'a')]);
    const client = await pool.connect();
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(4711)');
    const { rows } = await client.query<{ at: Date }>(
      `insert into events select 2, gen_random_uuid(), 1, type, key, 0, date_trunc('milliseconds', clock_timestamp()), record from events returning recorded_at as at`,
    );
    const found = momentOf(pool, { time: rows[0]!.at.toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.query('commit');
    client.release();
    expect((await found).place.position).toBe(2);
  });
});
