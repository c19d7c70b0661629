import { services } from '../scripts/up/services.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, gone } from '../scripts/processes.ts';
import type { State } from '../scripts/up/state.ts';
import { launch, newFolder, removeFolder, script, startHouse, type House } from './house.ts';

const processesOf = ({ run }: House): number[] => [run.pid, run.postgres?.pid ?? 0, ...run.processes.map(({ pid }) => pid)];

const tokenFor = (folder: string, ...options: string[]): string => script(folder, 'token', ...options).out.trim();

const get = async (house: House, path: string, token: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(house.url + path, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
};

const register = async (house: House, token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'PERSON', displayName: '王小明', externalRef: { system: 'test', id: '1' } });
  return (await fetch(`${house.url}/v1/accounts`, { method: 'POST', headers, body })).status;
};

describe('npm start', () => {
  let folder: string;
  let house: House;
  beforeAll(async () => {
    folder = newFolder();
    house = await startHouse(folder);
  }, 150_000);
  afterAll(() => removeFolder(folder));

  it('says where it is, and serves who has a token of its issuer', async () => {
    expect(house.said()).toContain(house.url);
    expect((await fetch(`${house.url}/v1/accounts`)).status).toBe(401);
    expect(await register(house, tokenFor(folder))).toBe(201);
    expect(await register(house, tokenFor(folder, '--role', 'AUDITOR'))).toBe(403);
    expect(script(folder, 'token', '--role', 'KING').err).toContain('GROUP_MANAGEMENT, SEGMENT_HEAD');
  });

  it('tells how it is: processes, ports, lags, parked, disk, versions', () => {
    const { code, out } = script(folder, 'status', '--json');
    const state = JSON.parse(out) as State;
    expect(code).toBe(0);
    expect(state).toMatchObject({
      running: true,
      ready: true,
      url: house.url,
      versions: { guanxi: '0.1.0', postgres: expect.stringMatching(/^18\./) },
    });
    expect(state.processes.map(({ name }) => name)).toEqual(['npm start', 'PostgreSQL', ...services, 'gateway']);
    expect(state.processes.every(({ pid }) => alive(pid))).toBe(true);
    expect(state.databases.find(({ name }) => name === 'accounts')?.events).toBeGreaterThan(0);
    expect(state.disk.size).toBeGreaterThan(1e6);
    expect(script(folder, 'status').out).toMatch(/accounts\/relay +yes/);
  });

  it('refuses a second start on the same folder with a word', async () => {
    const second = launch(folder);
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`Guanxi runs already on ${folder}`);
  });

  it('starts a service again that ended by itself', async () => {
    const [accounts] = house.run.processes;
    process.kill(accounts?.pid ?? 0, 'SIGKILL');
    const ready = (): boolean => {
      const { processes, ready: good } = JSON.parse(script(folder, 'status', '--json').out) as State;
      return good && processes.some(({ name, pid, falls }) => name === 'accounts' && pid !== accounts?.pid && falls === 1);
    };
    while (!ready()) await sleep(50);
    expect(house.said()).toContain('accounts ended by itself (SIGKILL)');
    expect(await get(house, '/v1/accounts:summary', tokenFor(folder))).toMatchObject({ status: 200, body: { total: 1 } });
  }, 60_000);

  it('ends with all its processes and code 0 at Ctrl-C, also when pressed twice', async () => {
    const { processes } = JSON.parse(script(folder, 'status', '--json').out) as State;
    house.signal('SIGINT');
    setTimeout(() => house.signal('SIGINT'), 100);
    expect(await house.ended).toBe(0);
    expect(house.said()).toMatch(/Stopped\.\n$/);
    expect(processes.map(({ pid }) => pid).filter(alive)).toEqual([]);
    expect(existsSync(join(folder, 'run.json'))).toBe(false);
    expect(script(folder, 'status').code).toBe(1);
  }, 60_000);

  it('finds everything again at the next start; killed, it leaves only a database behind, which the next start takes over', async () => {
    house = await startHouse(folder);
    expect(await get(house, '/v1/accounts:summary', tokenFor(folder))).toMatchObject({ status: 200, body: { total: 1 } });
    const [, database, ...services] = processesOf(house);
    process.kill(house.run.pid, 'SIGKILL');
    await house.ended;
    expect(await Promise.all(services.map((pid) => gone(pid, 20_000)))).toEqual(services.map(() => true));
    expect(alive(database ?? 0)).toBe(true);

    house = await startHouse(folder);
    expect(house.said()).toContain('was left behind');
    expect(await get(house, '/v1/accounts:summary', tokenFor(folder))).toMatchObject({ status: 200, body: { total: 1 } });
    process.kill(house.run.pid, 'SIGTERM');
    expect(await house.ended).toBe(0);
    expect(processesOf(house).filter(alive)).toEqual([]);
  }, 120_000);
});

describe('npm start, before anything runs', () => {
  it('refuses a taken port with a word', async () => {
    const folder = newFolder();
    const server = await new Promise<Server>((resolve) => {
      const it: Server = createServer().listen(0, '127.0.0.1', () => resolve(it));
    });
    const { port } = server.address() as { port: number };
    const refused = launch(folder, { GUANXI_PORT: `${port}` });
    expect(await refused.ended).toBe(1);
    expect(refused.said()).toContain(`Port ${port} is taken by another program. Choose another: GUANXI_PORT=8080 npm start`);
    server.close();
    removeFolder(folder);
  });

  it.each([
    [['--rabbit'], "Unknown option '--rabbit'"],
    [['now'], 'takes --kafka and nothing else'],
  ])('refuses what it does not know: %s', (args, word) => {
    const folder = newFolder();
    const { code, err } = script(folder, 'up', ...args);
    removeFolder(folder);
    expect(code).toBe(1);
    expect(err).toContain(word);
    expect(err).not.toContain('    at ');
  });
});
