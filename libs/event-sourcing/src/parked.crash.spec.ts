import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase } from '../../../test/postgres.js';
import { opened, placed, shopDatabase } from './testing/shop.database.js';
import { fragileShop, poison } from './testing/shop.poison.js';
import { until } from './testing/shop.setup.js';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let db: Awaited<ReturnType<typeof shopDatabase>>;
const started: ChildProcess[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  db = await shopDatabase(database.url, fragileShop(false, true));
}, 30_000);
afterAll(async () => {
  await Promise.all(started.map(kill));
  await db.end();
  await database.drop();
});

const home = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'testing/parked.process.ts');
const run = async (build: 'spoilt' | 'mended'): Promise<ChildProcess> => {
  const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
  const child = spawn(process.execPath, [...flags, program, database.url, build], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
};
const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};
const count = async (sql: string): Promise<number> => Number((await db.pool.query<{ n: string }>(sql)).rows[0]?.n);
const behind = `select count(*) as n from checkpoints where state = 'live' and position < (select max(position) from events)`;

describe('kill -9 while keys are parked and redriven', () => {
  it('loses nothing and doubles nothing: rows equal a fold without poison, and each order was paid once', async () => {
    const bad = [poison.fold, poison.react, poison.tooLong, poison.throwingColumn];
    const poisonous = Array.from({ length: 400 }, (_, n) => placed(randomUUID(), 1, `account ${n % 20}`, n % 25 === 7 ? (bad[n % 4] ?? 0) : n));
    for (let round = 0; round < 4; round++) {
      await db.append(poisonous.slice(round * 100, round * 100 + 100));
      // The executor of the processes looks for the streams of what was appended by hand.
      await db.pool.query(`insert into streams (id, type, key, version) select stream_id, 'order', key, version from events on conflict do nothing`);
      await db.receive([opened(`account ${round}`, `name ${round}`)]);
      const spoilt = await run('spoilt');
      await pause(200 + Math.random() * 500);
      await kill(spoilt);
    }
    const parking = await run('spoilt');
    await until(async () => (await count(behind)) === 0, 30_000);
    await kill(parking);
    expect(await count('select count(*) as n from parked')).toBeGreaterThan(3);
    for (let round = 0; round < 6; round++) {
      const redriving = await run('mended');
      await pause(Math.random() * 150);
      await kill(redriving);
    }
    const last = await run('mended');
    await until(async () => (await count('select count(*) as n from parked')) + (await count(behind)) === 0, 30_000);
    await kill(last);
    const { fragile } = fragileShop(true, true);
    expect(await db.shown(fragile)).toEqual(await db.folded(fragile));
    const notOnce = `select count(*) as n from events where type like '%OrderPlaced'
      and (select count(*) from events p where p.stream_id = events.stream_id and p.type like '%OrderPaid') <> 1`;
    expect(await count(notOnce)).toBe(0);
  }, 120_000);
});
