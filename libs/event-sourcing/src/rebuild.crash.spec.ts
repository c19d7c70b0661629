import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { rebuilds } from './rebuild.js';
import { opened, placed, shopDatabase, types } from './testing/shop.database.js';
import { until } from './testing/shop.setup.js';
import { accounts, accountView, orderView, payingTwice } from './testing/shop.views.js';

let database: FreshDatabase;
let db: Awaited<ReturnType<typeof shopDatabase>>;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  database = await freshDatabase();
  db = await shopDatabase(database.url, payingTwice);
}, 30_000);
afterAll(async () => {
  await Promise.all([...children].map(kill));
  await db.end();
  await database.drop();
});

const home = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'testing/projector.process.ts');

/** A process that writes, folds and fills, until it is killed. */
const run = (name: string, lanes: number): ChildProcess => {
  const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
  const child = spawn(process.execPath, [...flags, program, database.url, name, String(lanes)], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  return child;
};
const kill = async (child: ChildProcess): Promise<void> => {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};
const count = async (sql: string, values: unknown[] = []): Promise<number> => Number((await db.pool.query<{ n: string }>(sql, values)).rows[0]?.n);
const caughtUp = (): Promise<void> =>
  until(
    async () => (await count(`select (select max(position) from events) - min(position) as n from checkpoints where state = 'live'`)) === 0,
    30_000,
  );

describe('kill -9 of two processes, of which one is always there, while views are rebuilt and taken back', () => {
  it('leaves no generation half-made: views equal a fold from the start, each policy acted once on each event', async () => {
    const all = rebuilds(db.pool, payingTwice);
    const views = ['shop_order', 'shop_account'];
    const states = async (view: string): Promise<string> => (await all.list(view)).map((it) => it.state).join();
    await db.receive([opened(accounts[0], 'Wang'), opened(accounts[1], 'Li')]);
    await db.append(Array.from({ length: 3_000 }, (_, n) => placed(randomUUID(), 1, accounts[n % 2] ?? '', n)));
    let running = [run('one', 2), run('two', 2)];
    for (let round = 0; round < 6; round++) {
      for (const view of views) await (round % 3 === 2 ? all.back(view) : all.begin(view, false)).catch(() => undefined);
      await pause(Math.random() * 1_500);
      const [victim] = running;
      if (victim) await kill(victim);
      running = [...running.slice(1), run(`after-${round}`, 2)];
      // Every second time it goes on where the dead one left it, to its end.
      if (round % 2 === 1) for (const view of views) await until(async () => !(await states(view)).includes('filling'), 30_000);
    }
    for (const view of views) await until(async () => (await states(view)).replaceAll('kept', '').replaceAll(',', '') === 'live', 30_000);
    await Promise.all(running.map(kill));
    const last = run('last', 0);
    await caughtUp();
    await until(async () => (await count('select count(*) n from timers')) === 0, 60_000);
    await caughtUp();
    await kill(last);

    expect(await db.shown(orderView)).toEqual(await db.folded(orderView));
    expect(await db.shown(accountView)).toEqual(await db.folded(accountView));
    // Those that were written by hand have no stream that could be paid.
    const orders = await count('select count(*) n from events join streams on id = stream_id where events.type = $1', [types.placed]);
    expect(orders).toBeGreaterThan(20);
    expect(await count('select count(*) n from events where type = $1', [types.paid])).toBe(2 * orders);
    const tables = await count(`select count(*) n from pg_class where relkind = 'r' and relname ~ '^shop_.*_g[0-9]+$'`);
    expect(tables).toBe(await count(`select count(*) n from checkpoints where state in ('live', 'kept')`));
  }, 240_000);
});
