import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import type { AnyDecider } from './decider.js';
import { loader } from './loader.js';
import { applySchema } from './schema.apply.js';
import { snapshotEvery } from './snapshots.js';
import { ask } from './testing/entries.js';
import { ledger } from './testing/ledger.js';
import { enter, writer, type Writer } from './testing/writer.js';

let database: FreshDatabase;
let one: Writer;

beforeAll(async () => {
  database = await freshDatabase();
  one = writer(database.url);
  await applySchema(one.pool);
});
afterAll(async () => {
  await one.close();
  await database.drop();
});

/** A ledger with this many entries, in steps of at most `step`. */
const withEntries = async (entries: number, step = 500): Promise<string> => {
  const id = await one.opened();
  for (let left = entries; left > 0; left -= step) await one.execute('enter', enter(id, { times: Math.min(left, step) }));
  return id;
};
/** Nobody waits for a snapshot to be written. */
const snapshotOf = async (id: string, tries = 50): Promise<unknown[]> => {
  const rows = await ask(database.url, 'select version, decider, state from snapshots where stream_id = $1', [id]);
  if (rows.length > 0 || tries === 0) return rows;
  await pause(20);
  return snapshotOf(id, tries - 1);
};
const load = (decider: AnyDecider, id: string) => loader(one.pool)(decider, id);

describe('a cold load', () => {
  it('folds a stream to what this process holds of it, and knows when there is none', async () => {
    const account = randomUUID();
    const id = await one.opened({ accountId: account });
    await one.execute('enter', enter(id, { amount: '5', times: 3 }));
    expect(await load(ledger, id)).toEqual({ version: 4, key: account, state: { status: 'OPEN', sum: '15', entries: 3 }, snapshot: 0 });
    expect(await load(ledger, randomUUID())).toEqual({ version: 0, key: undefined, state: ledger.initial, snapshot: 0 });
  });

  it('reads only what came after the snapshot, however long the stream', async () => {
    const long = await withEntries(2_000);
    const tail = await withEntries(100);
    for (let n = 1; n < snapshotEvery; n++) await one.execute('enter', enter(tail));
    await expect(snapshotOf(tail)).resolves.toMatchObject([{ version: 101 }]);
    const plan = await ask<{ 'QUERY PLAN': [{ Plan: { 'Actual Rows': number } }] }>(
      database.url,
      `explain (analyze, format json) select from snapshots n join events e on e.stream_id = n.stream_id and e.version > n.version where n.stream_id = any($1)`,
      [[long, tail]],
    );
    expect(plan[0]?.['QUERY PLAN'][0].Plan['Actual Rows']).toBe(snapshotEvery - 1);
    expect(await load(ledger, long)).toMatchObject({ version: 2_001, state: { entries: 2_000 }, snapshot: 2_001 });
    expect(await load(ledger, tail)).toMatchObject({ version: 100 + snapshotEvery, state: { entries: 99 + snapshotEvery }, snapshot: 101 });
  });

  it('leaves a snapshot of another version of the decider aside, and writes its own', async () => {
    const id = await withEntries(snapshotEvery);
    await expect(snapshotOf(id)).resolves.toMatchObject([{ version: snapshotEvery + 1, decider: 1 }]);
    const newer = { ...ledger, version: 2, evolve: { ...ledger.evolve, entered: (state: object) => ({ ...state, sum: 'new' }) } } as AnyDecider;
    expect(await load(newer, id)).toMatchObject({ version: snapshotEvery + 1, state: { sum: 'new' }, snapshot: 0 });
    const two = writer(database.url);
    await two.execute('closeLedger', { ledgerId: id }, {}, newer);
    await two.close();
    expect(await snapshotOf(id)).toEqual([{ version: snapshotEvery + 2, decider: 2, state: { status: 'CLOSED', sum: 'new', entries: 0 } }]);
  });

  it('of a stream with an event that this build does not know answers unavailable, and stops no other', async () => {
    const [strange, newer, plain] = [await withEntries(1), await withEntries(1), await withEntries(1)];
    await ask(database.url, `update events set record = replace(record::text, 'v1.Entered', 'v1.Withdrawn')::json where stream_id = $1`, [strange]);
    await ask(database.url, `update events set record = replace(record::text, '"schemaversion":1', '"schemaversion":2')::json where stream_id = $1`, [
      newer,
    ]);
    const two = writer(database.url);
    const settled = await Promise.allSettled([strange, newer, plain].map((id) => two.execute('enter', enter(id))));
    expect(settled).toMatchObject([
      { status: 'rejected', reason: { slug: 'newer-history', kind: 'unavailable' } },
      { status: 'rejected', reason: { slug: 'newer-history', kind: 'unavailable' } },
      { status: 'fulfilled', value: { version: 3 } },
    ]);
    await two.close();
  });

  it('lifts old events by upcasters', async () => {
    const id = await withEntries(2);
    const upcasters = { 'guanxi.ledger.v1.Entered': [(data: object) => ({ ...data, amount: '10' })] };
    expect((await loader(one.pool, upcasters)(ledger, id)).state).toMatchObject({ sum: '20' });
    const two = writer(database.url, { upcasters });
    const { position } = await two.execute('enter', enter(id));
    await two.close();
    const [written] = await ask<{ v: string }>(database.url, `select record->>'schemaversion' v from events where position = $1`, [position]);
    expect(written?.v).toBe('2');
    expect((await loader(one.pool, upcasters)(ledger, id)).state).toMatchObject({ sum: '21' });
  });
});
