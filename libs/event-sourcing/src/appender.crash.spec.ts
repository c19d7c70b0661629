import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { ownServer, type OwnServer } from '../../../test/own-server.js';
import { applySchema } from './schema.apply.js';
import { ask } from './testing/entries.js';
import { brokenRules } from './testing/history.check.js';

// A server of its own: a backend that is killed takes all connections of its server with it.
let server: OwnServer;
let url: string;

beforeAll(async () => {
  server = await ownServer();
  url = server.url;
  const client = new Client(url);
  await client.connect();
  await applySchema(client);
  await client.end();
}, 30_000);
afterAll(() => server.stop());

const home = join(import.meta.dirname, '../../..');
const process_ = join(import.meta.dirname, 'testing/append.process.ts');

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
}
const run = (name: string): Running => {
  const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
  const child = spawn(process.execPath, [...flags, process_, url, name], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text };
};
const answered = async ({ said }: Running, lines: number): Promise<void> => {
  for (let n = 0; said().split('\n').length < lines; n++) {
    if (n > 300) throw new Error('the process answers nothing');
    await pause(50);
  }
};
const kill = async ({ child }: Running): Promise<void> => {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};

/** What was answered, as the history must hold it: every line done, its events at its position. */
const checkAnswers = async (said: string): Promise<number> => {
  const lines = said
    .split('\n')
    .slice(0, -1)
    .map((it) => it.split('|') as [string, string, string, string]);
  expect(lines.filter(([verdict]) => verdict !== 'done')).toEqual([]);
  const found = await ask<{ n: string }>(
    url,
    `select count(*) n from unnest($1::uuid[], $2::bigint[]) w(stream, position)
      where (select max(position) from events e where e.stream_id = w.stream) = w.position`,
    [lines.map((it) => it[2]), lines.map((it) => it[3])],
  );
  expect(Number(found[0]?.n)).toBe(lines.length);
  return lines.length;
};

describe('kill -9', () => {
  it('of a writing process, again and again, loses nothing that was answered and doubles nothing', async () => {
    for (let n = 0; n < 3; n++) {
      const running = [run(`client-${n}-a`), run(`client-${n}-b`)];
      await Promise.all(running.map((it) => answered(it, 50)));
      await pause(Math.random() * 100);
      await Promise.all(running.map(kill));
      for (const it of running) expect(await checkAnswers(it.said())).toBeGreaterThan(50);
      expect(await brokenRules(url)).toEqual([]);
    }
  }, 60_000);

  it('of the backend that writes, again and again, is answered all the same, once', async () => {
    const running = [run('backend-a'), run('backend-b')];
    for (let n = 1; n <= 4; n++) {
      await Promise.all(running.map((it) => answered(it, it.said().split('\n').length + 40)));
      const [backend] = await ask<{ pid: number }>(url, `select pid from pg_stat_activity where application_name = $1`, [
        `backend-${n % 2 ? 'a' : 'b'}`,
      ]);
      expect(backend?.pid).toBeGreaterThan(1);
      process.kill(Number(backend?.pid), 'SIGKILL');
    }
    await Promise.all(running.map((it) => answered(it, it.said().split('\n').length + 40)));
    await Promise.all(running.map(kill));
    for (const it of running) await checkAnswers(it.said());
    expect(await brokenRules(url)).toEqual([]);
  }, 60_000);

  it('is not needed of a client that stops in the middle holding the lock: its transaction ends by itself', async () => {
    const holder = new Client({ connectionString: url, options: '-c transaction_timeout=500' });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('begin; select pg_advisory_xact_lock(4711)');
    const free = run('waiting');
    await answered(free, 10);
    await kill(free);
    await holder.end().catch(() => undefined);
    expect(await brokenRules(url)).toEqual([]);
  }, 30_000);
});
