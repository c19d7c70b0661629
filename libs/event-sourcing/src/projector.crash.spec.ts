import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ownServer, type OwnServer } from '../../../test/own-server.js';
import { opened, placed, shopDatabase, types } from './testing/shop.database.js';
import { until } from './testing/shop.setup.js';
import { accounts, accountView, orderView, payingTwice } from './testing/shop.views.js';

// A server of its own: a backend that is killed takes all connections of its server with it.
let server: OwnServer;
let db: Awaited<ReturnType<typeof shopDatabase>>;

beforeAll(async () => {
  server = await ownServer();
  db = await shopDatabase(server.url, payingTwice);
}, 30_000);
afterAll(async () => {
  await Promise.all(started.map(kill));
  await db.end();
  await server.stop();
});

const home = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'testing/projector.process.ts');

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly said: () => string[];
}
const started: Running[] = [];
const run = (name: string, lanes = 4): Running => {
  const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
  const child = spawn(process.execPath, [...flags, program, server.url, name, String(lanes)], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const it = { name, child, said: () => text.split('\n').slice(0, -1) };
  started.push(it);
  return it;
};
const kill = async ({ child }: Running): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};
/** The parent's own queries are cut off as well when a backend is killed. */
const stubborn = async <T>(act: () => Promise<T>): Promise<T> => {
  for (let n = 0; ; n++)
    try {
      return await act();
    } catch (error) {
      if (n > 100) throw error;
      await pause(100);
    }
};
const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await stubborn(() => db.pool.query<{ n: string }>(sql, values))).rows[0]?.n);

const headOf = (): Promise<number> => count('select max(position) n from events');
const caughtUp = (): Promise<void> =>
  until(async () => (await count(`select min(position) n from checkpoints where state = 'live'`)) === (await headOf()), 30_000);

describe('kill -9', () => {
  it('of processes and of backends, again and again: views equal a fold from the start, each policy acted once on each event', async () => {
    const said: string[] = [];
    const killBackend = async (like: string): Promise<void> => {
      const { rows } = await stubborn(() =>
        db.pool.query<{ pid: number }>('select pid from pg_stat_activity where application_name like $1', [like]),
      );
      if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
    };
    for (let round = 0; round < 3; round++) {
      const running = [run(`one-${round}`), run(`two-${round}`)];
      for (const it of running) await until(() => it.said().length > 20, 30_000);
      await stubborn(() => db.receive([opened(accounts[0], `name ${round}`), opened(accounts[1], '')]));
      if (round % 2 === 1) {
        await killBackend('guanxi-projector');
        const before = running.map((it) => it.said().length);
        for (const [n, it] of running.entries()) await until(() => it.said().length > (before[n] ?? 0) + 20, 30_000);
      }
      await pause(Math.random() * 200);
      await Promise.all(running.map(kill));
      said.push(...running.flatMap((it) => it.said()));
    }
    const last = run('last', 0);
    await caughtUp();
    await until(async () => (await count('select count(*) n from timers')) === 0, 30_000);
    await caughtUp();
    await kill(last);

    expect(await db.shown(orderView)).toEqual(await db.folded(orderView));
    expect(await db.shown(accountView)).toEqual(await db.folded(accountView));
    expect(await count('select count(*) n from events')).toBe(await headOf());
    const orders = await count('select count(*) n from events where type = $1', [types.placed]);
    const twice = `select count(*) n from (select from events where type = $1 group by stream_id having count(*) = 2) it`;
    expect(await count(twice, [types.paid])).toBe(orders);
    expect(await count('select count(*) n from events where type = $1', [types.paid])).toBe(2 * orders);
    const answered = said.map((it) => it.split(' '));
    expect(await count('select count(*) n from streams where id = any($1)', [answered.map(([id]) => id)])).toBe(answered.length);
    expect(await headOf()).toBeGreaterThan(500);
  }, 180_000);

  it('of nobody: a command is answered when its policy’s effect shows', async () => {
    await stubborn(() => db.append([placed(randomUUID(), 1, 'a')]));
    const it = run('quiet', 2);
    await until(() => it.said().length > 100, 30_000);
    await kill(it);
    expect(it.said().filter((line) => !line.endsWith(' PAID'))).toEqual([]);
  }, 60_000);
});
