import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { address } from '../scripts/up/database.ts';
import type { RunFile } from '../scripts/up/run-file.ts';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';

const ref = { system: 'test', id: 'restored' };
const order = (id: string): object => ({
  ...{ accountRef: ref, externalRef: { system: 'test', id }, orderedAt: '2026-03-01T00:00:00Z', currency: 'CNY' },
  lines: [{ product: '茶', quantity: '1', amountMinor: '1000' }],
});
const python = spawnSync('python3', ['--version']).status === 0;
const subscribers = ['interactions', 'complaints', 'loyalty', 'privacy'];

describe('a service whose database was restored from a copy', () => {
  let folder: string;
  let house: House;
  let authorization: string;
  let base: number;
  let lost: number;
  let kept: string;
  beforeAll(async () => {
    folder = newFolder();
    house = await startHouse(folder);
    authorization = `Bearer ${script(folder, 'token').out.trim()}`;
    await post('/v1/accounts', { kind: 'PERSON', displayName: '王', externalRef: ref });
    for (let n = 0; n < 10; n++) await post('/v1/orders', order(`before-${n}`));
  }, 180_000);
  afterAll(async () => {
    await end();
    removeFolder(folder);
  }, 60_000);

  let stopped = false;
  const end = async (): Promise<void> => {
    if (!stopped) house.signal('SIGTERM');
    stopped = true;
    await house.ended;
  };
  const answerTo = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(house.url + path, { ...init, headers: { authorization, ...(init.body ? { 'content-type': 'application/json' } : {}) } });
  const post = async (path: string, body: object): Promise<void> => {
    const answered = await answerTo(path, { method: 'POST', body: JSON.stringify(body) });
    expect([path, answered.ok]).toEqual([path, true]);
  };
  const connect = async (database: string): Promise<Client> => {
    const secrets = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>;
    const client = new Client(address(Number(house.run.postgres?.port), 'postgres', secrets, database));
    await client.connect();
    return client;
  };
  const sql = async <R>(database: string, ...texts: string[]): Promise<R[]> => {
    const client = await connect(database);
    try {
      let rows: unknown[] = [];
      for (const text of texts) rows = (await client.query(text)).rows as unknown[];
      return rows as R[];
    } finally {
      await client.end();
    }
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await holds()); await sleep(200)) if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
  };
  const head = async (): Promise<number> => Number((await sql<{ head: string }>('accounts', 'select max(position) as head from events'))[0]?.head);
  /** What a subscriber holds of the present history's texts. */
  const heard = async (subscriber: string): Promise<{ position: number; record: string }[]> =>
    (
      await sql<{ position: string; record: string }>(
        subscriber,
        `select source_position as position, record from received where source = 'accounts' order by seq`,
      )
    ).map(({ position, record }) => ({ position: Number(position), record }));
  const history = async (): Promise<string[]> => (await (await answerTo('/v1/history/accounts/events?limit=1000')).text()).split('\n').slice(0, -1);
  /** Every subscriber holds every text of the history, once. */
  const converged = (): Promise<void> =>
    until('the subscribers hold the history, each record once', async () => {
      const own = await history();
      const all = await Promise.all(subscribers.map(heard));
      return all.every((rows) => own.every((text) => rows.filter((it) => it.record === text).length === 1));
    });
  const pidOf = (): number =>
    (JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunFile).processes.find((it) => it.name === 'accounts')?.pid ?? 0;
  /** What the example of docs/subscribe.md says, another system that goes on where it stood. */
  const outside = (): string => {
    const args = [join(import.meta.dirname, '../docs/examples/subscriber.py'), 'accounts', join(folder, 'logs', 'outside.json'), '--once'];
    const env = { ...process.env, GUANXI_URL: house.url, GUANXI_TOKEN: authorization.slice('Bearer '.length), PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout, stderr } = spawnSync('python3', args, { env, encoding: 'utf8' });
    return stdout + stderr;
  };
  const freed = [
    'alter database accounts with allow_connections false',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'accounts'`,
  ];

  it('does not start: its topic holds what its history does not', async () => {
    await converged();
    base = await head();
    await until(
      'a checkpoint',
      async () => (await (await answerTo('/v1/history/accounts/checkpoints/latest')).text()).split('\n')[1] === String(base),
    );
    kept = join(folder, 'logs', 'kept.txt');
    const papers = await Promise.all(['keys', 'checkpoints'].map(async (it) => (await answerTo(`/v1/history/accounts/${it}`)).text()));
    writeFileSync(kept, papers.join('\n'));
    await sql('postgres', ...freed, 'create database accounts_kept template accounts', 'alter database accounts with allow_connections true');
    await until('accounts is back', async () => (await answerTo('/v1/accounts')).ok);
    for (let n = 0; n < 7; n++) await post('/v1/orders', order(`lost-${n}`));
    await converged();
    lost = await head();
    expect(lost).toBe(base + 7);
    if (python) expect(outside()).toContain(`took all up to position ${lost};`);
    process.kill(pidOf(), 'SIGKILL');
    await sql('postgres', ...freed, 'drop database accounts with (force)', 'create database accounts template accounts_kept owner accounts_owner');
    const log = join(folder, 'logs', 'accounts.log');
    await until('the service refuses', () => Promise.resolve(readFileSync(log, 'utf8').includes('after a restore, begin a new epoch first')));
    expect((await answerTo('/v1/accounts')).status).toBe(503);
    expect(await head()).toBe(base);
  }, 120_000);

  it('is told what was lost, and begins a new epoch only when it is told to', async () => {
    const { code, out } = script(folder, 'history', 'epoch', 'accounts');
    expect([code, out]).toEqual([1, expect.stringContaining(`this history lacks, positions ${base + 1} to ${lost};`)]);
    expect(out).toContain(`Nothing was changed. To begin a new epoch with base ${base}:`);
    expect(await sql('accounts', 'select from epochs')).toHaveLength(1);
    const begun = script(folder, 'history', 'epoch', 'accounts', '--yes');
    expect([begun.code, begun.out]).toEqual([0, expect.stringMatching(new RegExp(`A new epoch has begun: [0-9a-f-]{36}, base ${base}\\.`))]);
    expect(await sql('accounts', 'select base::int from epochs order by id')).toEqual([{ base: 0 }, { base }]);
    await until('accounts starts by itself', async () => (await answerTo('/v1/accounts')).ok);
  }, 120_000);

  it('goes on from there, and no subscriber skips or doubles', async () => {
    for (let n = 0; n < 12; n++) await post('/v1/orders', order(`after-${n}`));
    await converged();
    expect(await head()).toBe(base + 12);
    for (const subscriber of subscribers) {
      const rows = await heard(subscriber);
      // What the restore undid stays written down beside it.
      expect([subscriber, rows.length]).toEqual([subscriber, lost + 12]);
      expect(rows.filter(({ position }) => position <= base)).toHaveLength(base);
    }
    expect(new Set(await history()).size).toBe(base + 12);
    if (!python) return console.warn('SKIPPED: there is no python3 to try the example subscriber with');
    const said = outside();
    expect(said).toContain(`a restore undid what we took above position ${base}: set it right`);
    expect(said).toContain(`took all up to position ${base + 12};`);
  }, 120_000);

  it('proves its history across the two epochs, against what was kept before', async () => {
    const bundle = join(folder, 'logs', 'bundle');
    await until(
      'a checkpoint',
      async () => (await (await answerTo('/v1/history/accounts/checkpoints/latest')).text()).split('\n')[1] === String(base + 12),
    );
    expect(script(folder, 'history', 'export', 'accounts', '--out', bundle)).toMatchObject({ code: 0 });
    const verified = spawnSync(process.execPath, ['scripts/verify-history.mjs', bundle, '--kept', kept], { encoding: 'utf8' });
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('PASS')]);
    expect(script(folder, 'history', 'verify', 'accounts')).toMatchObject({ code: 0 });
  }, 120_000);

  it('sends all of it again where it is asked to, also when it is killed meanwhile, and nobody takes it twice', async () => {
    await sql('bus', 'truncate bus_topics, bus_messages, bus_offsets');
    // So that it is killed in the middle.
    const holder = await connect('bus');
    await holder.query('begin; lock table bus_messages in access exclusive mode');
    const begun = await answerTo('/v1/history/accounts/republish', { method: 'POST', body: '{}' });
    expect(await begun.json()).toMatchObject({ state: 'RUNNING', from: '1', to: String(base + 12) });
    process.kill(pidOf(), 'SIGKILL');
    await holder.end();
    expect(script(folder, 'republish', 'accounts', '--watch')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Positions 1 to ${base + 12} of accounts were sent again`) as unknown,
    });
    const topic = await sql<{ position: number }>(
      'bus',
      `select distinct (headers::json ->> 'position')::int as position from bus_messages where topic = 'guanxi.accounts.v1' order by 1`,
    );
    expect(topic.map((it) => it.position)).toEqual(Array.from({ length: base + 12 }, (_, n) => n + 1));
    await post('/v1/orders', order('later'));
    await converged();
    for (const subscriber of subscribers) expect(await heard(subscriber)).toHaveLength(lost + 13);
    expect(script(folder, 'republish', 'accounts', '--to', '999')).toMatchObject({
      code: 1,
      err: expect.stringContaining('The history ends at') as unknown,
    });
  }, 120_000);

  it('has its epochs looked at also while the house rests', async () => {
    await end();
    const { code, out } = script(folder, 'history', 'epoch', 'accounts');
    expect([code, out]).toEqual([1, expect.stringContaining('The topic holds nothing that this history lacks')]);
    expect(script(folder, 'history', 'epoch', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no service nobody.') as unknown,
    });
  }, 60_000);
});
