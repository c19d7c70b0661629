import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { loader } from './loader.js';
import { applySchema } from './schema.apply.js';
import { ask } from './testing/entries.js';
import { ledger, type Ledger } from './testing/ledger.js';
import { enter, writer, type Writer } from './testing/writer.js';

let database: FreshDatabase;
let one: Writer;
let two: Writer;

beforeAll(async () => {
  database = await freshDatabase();
  one = writer(database.url);
  two = writer(database.url);
  await applySchema(one.pool);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await database.drop();
});

const positionsOf = async (id: string): Promise<number[]> =>
  (await ask<{ position: string }>(database.url, 'select position from events where stream_id = $1 order by version', [id])).map((it) =>
    Number(it.position),
  );
const stateOf = async (id: string) => (await loader(one.pool)(ledger, id)).state as Ledger;

describe('one stream', () => {
  it('takes the commands of one process in the order in which they came', async () => {
    const id = await one.opened();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => one.execute('enter', enter(id, { amount: String(n) }))));
    expect(answers.map((it) => it.version)).toEqual(Array.from({ length: 100 }, (_, n) => n + 2));
    expect(answers.map((it) => Number(it.position))).toEqual((await positionsOf(id)).slice(1));
  });

  it('refuses on what was written, never on what was only decided', async () => {
    const id = await one.opened();
    const amounts = ['5', '-7', '3', '-8', '-1', '2'];
    const settled = await Promise.allSettled(amounts.map((amount) => one.execute('enter', enter(id, { amount }), { idempotencyKey: randomUUID() })));
    expect(settled.map((it) => it.status === 'fulfilled')).toEqual([true, false, true, true, false, true]);
    expect(await stateOf(id)).toMatchObject({ sum: '2', entries: 4 });
  });

  it('does not refuse on what was decided in vain, since another process had moved the stream', async () => {
    const id = await one.opened();
    await two.execute('enter', enter(id, { amount: '5' }));
    const answers = await Promise.all(['1', '-3'].map((amount) => one.execute('enter', enter(id, { amount }))));
    expect(answers.map((it) => it.version)).toEqual([3, 4]);
  });

  it('loses no command of 32 writers in two processes, and needs no storm of tries', async () => {
    const id = await one.opened();
    const lane = async (writer: Writer): Promise<void> => {
      for (let n = 0; n < 10; n++) await writer.execute('enter', enter(id), { idempotencyKey: randomUUID() });
    };
    await Promise.all(Array.from({ length: 32 }, (_, n) => lane(n % 2 ? one : two)));
    expect(await stateOf(id)).toMatchObject({ sum: '320', entries: 320 });
    expect(await positionsOf(id)).toHaveLength(321);
  });

  it('goes on after a command whose view never comes', async () => {
    let late = 0;
    const views = { settled: () => (late++ === 0 ? new Promise<void>(() => undefined) : Promise.resolve()), one: async () => undefined };
    const slow = writer(database.url, { views });
    const id = await one.opened();
    void slow.execute('enter', enter(id));
    await expect(slow.execute('enter', enter(id))).resolves.toMatchObject({ version: 3 });
    await slow.close();
  });
});

describe('an executor', () => {
  it('refuses what is too much, and answers what it took', async () => {
    const small = writer(database.url, { most: 2 });
    const id = await one.opened();
    const settled = await Promise.allSettled([1, 2, 3].map(() => small.execute('enter', enter(id))));
    expect(settled).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }, { reason: { slug: 'overloaded', kind: 'exhausted' } }]);
    await small.close();
  });

  it('answers what is under way before it closes, then refuses', async () => {
    const short = writer(database.url);
    const id = await one.opened();
    const last = short.execute('enter', enter(id));
    await short.close();
    await expect(last).resolves.toMatchObject({ version: 2 });
    await expect(short.execute('enter', enter(id))).rejects.toMatchObject({ slug: 'stopping', kind: 'unavailable' });
  });

  it('says that the history is away when it can’t read, and works again when it can', async () => {
    const id = await one.opened();
    const other = writer(database.url);
    await other.execute('enter', enter(id));
    await ask(
      database.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name in ('test', 'append')`,
    );
    await expect(other.execute('enter', enter(id))).resolves.toMatchObject({ version: 3 });
    await other.close();
    const nowhere = writer('postgres://nobody@127.0.0.1:1/none');
    await expect(nowhere.execute('enter', enter(id))).rejects.toMatchObject({ slug: 'history-unavailable', kind: 'unavailable' });
    await nowhere.close();
  });

  it('seals what is between event and text, and folds what was there before', async () => {
    const sealing = writer(database.url, { seal: async (drafts) => drafts.map((it) => ({ ...it, sealedfor: 'x', data: {} })) });
    const id = await sealing.opened();
    await Promise.all([1, 2].map(() => sealing.execute('enter', enter(id, { amount: '4' }))));
    const [state] = await ask<{ data: object; sealedfor: string }>(
      database.url,
      `select record->'data' data, record->>'sealedfor' sealedfor from events where stream_id = $1 and version = 3`,
      [id],
    );
    expect(state).toEqual({ data: {}, sealedfor: 'x' });
    await expect(sealing.execute('enter', enter(id, { amount: '-8' }))).resolves.toMatchObject({ version: 4 });
    await sealing.close();
  });
});

describe('any history of commands', () => {
  const step = fc.record({
    ledger: fc.nat(2),
    process: fc.boolean(),
    key: fc.option(fc.nat(5).map(String), { nil: undefined }),
    command: fc.oneof(
      fc.record({
        method: fc.constant('enter'),
        amount: fc.integer({ min: -3, max: 4 }).map(String),
        times: fc.nat(3),
        text: fc.string({ unit: 'grapheme', maxLength: 5 }).filter((it) => !it.includes('\0') && it !== 'extra'),
      }),
      fc.record({ method: fc.constant('closeLedger') }),
    ),
  });

  it('folds without an error, twice the same, and a repeat of what was done gives its first answer and changes nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ids = await Promise.all([0, 1, 2].map(() => one.opened()));
        const run = ({ ledger: at, process, key, command: { method, ...more } }: (typeof steps)[0], n: number) => {
          const id = ids[at] ?? '';
          const caller = { idempotencyKey: `${ids[0]} ${key ?? `own ${n}`}` };
          return (process ? one : two).execute(method, method === 'enter' ? enter(id, more) : { ledgerId: id }, caller);
        };
        const answers = await Promise.all(
          steps.map((it, n) =>
            run(it, n).catch((error: { slug?: string }) => {
              expect(['ledger-overdrawn', 'ledger-closed', 'idempotency-key-reused']).toContain(error.slug);
            }),
          ),
        );
        const states = await Promise.all(ids.map(stateOf));
        for (const { sum, entries } of states) expect(BigInt(sum) >= 0n && entries >= 0).toBe(true);
        await Promise.all(answers.map(async (it, n) => it && expect(await run(steps[n] as (typeof steps)[0], n)).toEqual({ ...it, replayed: true })));
        expect(await Promise.all(ids.map(stateOf))).toEqual(states);
      }),
      { numRuns: 15 },
    ));
});
