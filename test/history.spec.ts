import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { address } from '../scripts/up/database.ts';
import { environment, newFolder, removeFolder, script, startHouse, type House } from './house.ts';

const root = join(import.meta.dirname, '..');
const ref = { system: 'test', id: '王-1' };
const order = (n: number): object => ({
  ...{ accountRef: ref, externalRef: { system: 'test', id: `o-${n}` }, orderedAt: '2026-03-01T00:00:00Z', currency: 'CNY' },
  lines: [{ product: '茶', quantity: '1', amountMinor: '1000' }],
});

describe('a history that proves itself', () => {
  let folder: string;
  let house: House;
  let authorization: string;
  let customer: string;
  beforeAll(async () => {
    folder = newFolder();
    house = await startHouse(folder);
    authorization = `Bearer ${script(folder, 'token').out.trim()}`;
    customer = await post('/v1/accounts', { kind: 'PERSON', displayName: '王小明', externalRef: ref });
    await post('/v1/accounts', { kind: 'PERSON', displayName: 'B', externalRef: { system: 'test', id: 'b' } });
    for (let n = 0; n < 30; n++) await post('/v1/orders', order(n));
  }, 180_000);
  afterAll(async () => {
    house.signal('SIGTERM');
    await house.ended;
    removeFolder(folder);
  }, 60_000);

  const post = async (path: string, body: object): Promise<string> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answered = await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([path, answered.ok]).toEqual([path, true]);
    return ((await answered.json()) as { id: string }).id;
  };
  const get = async (path: string) => {
    const answered = await fetch(`${house.url}/v1/history/accounts/${path}`, { headers: { authorization } });
    return { status: answered.status, text: await answered.text() };
  };
  const bundle = (name: string): string => join(folder, 'logs', name);
  const history = (...args: string[]) => script(folder, 'history', ...args);
  const verified = (name: string, ...args: string[]) => {
    const run = spawnSync(process.execPath, ['scripts/verify-history.mjs', bundle(name), ...args], { cwd: root, encoding: 'utf8' });
    return { code: run.status, said: run.stdout + run.stderr };
  };
  const lines = (name: string): string[] =>
    gunzipSync(readFileSync(join(bundle(name), 'events.ndjson.gz')))
      .toString()
      .split('\n')
      .slice(0, -1);
  const sql = async (text: string, database = 'accounts'): Promise<unknown[]> => {
    const secrets = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>;
    const client = new Client(address(Number(house.run.postgres?.port), 'postgres', secrets, database));
    await client.connect();
    return (await client.query(text).finally(() => client.end())).rows as unknown[];
  };

  it('signs what happened within moments', async () => {
    for (let n = 0; ; n++) {
      const { status, text } = await get('checkpoints/latest');
      if (status === 200 && text.split('\n')[1] === '33') break;
      if (n > 100) throw new Error(`the newest checkpoint is ${text}`);
      await sleep(100);
    }
    const { code, out } = history('keys', 'accounts');
    expect([code, out]).toEqual([0, (await get('keys')).text]);
    expect(out).toMatch(/^guanxi\/accounts\+[0-9a-f]{8}\+\S{44}\n$/);
  });
  it('has witnesses: the other services keep its checkpoints, and find that they go on from each other', async () => {
    for (
      let n = 0;
      (await sql(`select from witnessed where origin like '%/accounts/%' and checked_at is not null`, 'complaints')).length === 0;
      n++
    ) {
      if (n > 100) throw new Error('complaints checked no checkpoint of accounts');
      await sleep(200);
    }
    expect(await sql('select origin, size, fault from witnessed where fault is not null', 'complaints')).toEqual([]);
  }, 30_000);
  it('is exported whole, and passes the verifier that knows nothing of us', async () => {
    expect(history('export', 'accounts', '--out', bundle('all'))).toMatchObject({ code: 0, out: '' });
    expect(verified('all')).toMatchObject({ code: 0 });
    expect(lines('all')).toEqual((await get('events')).text.split('\n').slice(0, -1));
    expect(spawnSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: bundle('all') }).status).toBe(0);
    expect(JSON.parse(readFileSync(join(bundle('all'), 'manifest.json'), 'utf8'))).toMatchObject({ format: 1, service: 'accounts', from: 1, to: 33 });
    expect(history('export', 'accounts').out.split('\n').slice(0, -1)).toEqual(lines('all'));
  });
  it('is exported in part: from a position on, and one customer’s', () => {
    expect(history('export', 'accounts', '--from', '11', '--to', '20', '--out', bundle('part')).code).toBe(0);
    expect(lines('part')).toEqual(lines('all').slice(10, 20));
    expect(verified('part')).toMatchObject({ code: 0 });
    expect(history('export', 'accounts', '--customer', customer, '--out', bundle('one')).code).toBe(0);
    expect(lines('one')).toHaveLength(32);
    expect(verified('one', '--kept', keep())).toMatchObject({ code: 0 });
    const stream = String((JSON.parse(lines('all')[5] ?? '') as { subject: string }).subject);
    expect(history('export', 'accounts', '--stream', stream).out).toBe(`${lines('all')[5]}\n`);
  });
  /** What the auditor kept of the first export. */
  const keep = (): string => {
    const file = bundle('kept.txt');
    writeFileSync(file, ['keys.txt', 'checkpoints.txt'].map((it) => readFileSync(join(bundle('all'), it), 'utf8')).join('\n'));
    return file;
  };
  /** The root of the first export's checkpoint of a size, as it stands there. */
  const rootAt = (size: number): string =>
    new RegExp(`\\n${size}\\n(\\S{44})\\n`).exec(readFileSync(join(bundle('all'), 'checkpoints.txt'), 'utf8'))?.[1] ?? '';
  it('goes on with an export that was cut', async () => {
    const child = spawn(process.execPath, ['scripts/history.ts', 'export', 'accounts', '--out', bundle('cut')], {
      cwd: root,
      env: environment(folder),
    });
    while (!existsSync(join(bundle('cut'), 'export.json'))) await sleep(2);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    appendFileSync(join(bundle('cut'), 'events.ndjson.gz'), 'half a part');
    expect(history('export', 'accounts', '--out', bundle('cut')).code).toBe(0);
    expect(lines('cut')).toEqual(lines('all'));
    expect(verified('cut', '--kept', keep())).toMatchObject({ code: 0 });
  }, 60_000);
  it.each([
    [['export', 'accounts', '--to', '34'], 'Positions 1 to 34 are not in the history of accounts: it has 1 to 33.'],
    [['export', 'accounts', '--from', '9', '--to', '8'], 'Positions 9 to 8 are not in the history'],
    [['export', 'accounts', '--from', 'x'], '--from is a position'],
    [['export', 'nobody'], 'There is no service of this name here.'],
    [['export'], 'Name one service'],
    [['export', 'loyalty'], 'The history of loyalty is empty.'],
    [['mend', 'accounts'], 'There is no verb mend.'],
  ])('%j is refused with a word', (args, word) => {
    const { code, out, err } = history(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(word);
  });
  it('names what a new epoch shares with the one before, so that what was kept before stays good', async () => {
    const time = Date.now().toString(16).padStart(12, '0');
    const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
    await sql(`insert into epochs values ('${id}', 33)`);
    await post('/v1/orders', order(30));
    while (!(await get('checkpoints/latest')).text.includes(`/accounts/${id}\n34\n`)) await sleep(100);
    expect((await get('checkpoints/latest')).text).toMatch(
      new RegExp(`^previous guanxi/.*/accounts/.* 33 ${rootAt(33).replaceAll('+', '\\+')}$`, 'm'),
    );
    for (const to of ['33', '34']) {
      expect(history('export', 'accounts', '--to', to, '--out', bundle(`epoch-${to}`)).code).toBe(0);
      expect(verified(`epoch-${to}`, '--kept', keep())).toMatchObject({ code: 0 });
    }
    const { previousOrigins } = JSON.parse(readFileSync(join(bundle('epoch-34'), 'manifest.json'), 'utf8')) as { previousOrigins: object[] };
    expect(previousOrigins).toEqual([{ origin: expect.stringContaining('/accounts/') as unknown, base: 33, root: rootAt(33) }]);
  }, 60_000);
  it('is looked into where it lies: columns, tree and checkpoints', async () => {
    expect(history('verify', 'accounts')).toMatchObject({ code: 0, out: expect.stringMatching(/^PASS 34 events, \d+ checkpoints/) as unknown });
    expect(history('verify', 'nobody')).toMatchObject({ code: 2, err: expect.stringContaining('There is no service nobody.') as unknown });
    await sql(`update events set type = 'guanxi.accounts.v1.Other', version = 7 where position = 5`);
    await sql(`update events set record = replace(record::text, '"1000"', '"1001"')::json where position = 9`);
    const { code, out } = history('verify', 'accounts');
    expect(code).toBe(1);
    for (const fault of [
      'FAIL position 5: the column type is not what the text says\n',
      'FAIL position 5: the column version is not what the text says\n',
      'the first 34 events have another root\n',
    ])
      expect(out).toContain(fault);
    rmSync(bundle('all'), { recursive: true });
    expect(history('export', 'accounts', '--out', bundle('all')).code).toBe(0);
    expect(verified('all', '--kept', bundle('kept.txt'))).toMatchObject({ code: 1 });
  });
});
