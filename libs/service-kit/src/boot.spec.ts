import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { testIssuer, type Issuer } from './testing/issuer.js';
import { freePort } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

const home = join(import.meta.dirname, '../../..');
const flags = ['--no-warnings', '--import', join(home, 'test/decorated.mjs'), join(import.meta.dirname, 'testing/notes.process.ts')];

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly code: Promise<number | null>;
}

const start = (env: Record<string, string>): Running => {
  const child = spawn(process.execPath, flags, { cwd: home, env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (heard.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (heard.err += chunk.toString()));
  return { child, out: () => heard.out, err: () => heard.err, code: new Promise((resolve) => child.once('close', resolve)) };
};

const ready = async ({ out, err, child }: Running): Promise<void> => {
  while (!out().includes('takes calls')) {
    if (child.exitCode !== null) throw new Error(err());
    await pause(20);
  }
};

describe("a service's process", () => {
  let folder: string;
  let database: FreshDatabase;
  let bus: FreshDatabase;
  let issuer: Issuer;
  let env: Record<string, string>;
  beforeAll(async () => {
    [folder, database, bus, issuer] = await Promise.all([mkdtemp(join(tmpdir(), 'guanxi-boot-')), freshDatabase(), freshDatabase(), testIssuer()]);
    await writeFile(join(folder, 'token'), await issuer.token());
    env = {
      GUANXI_SERVICE: 'notes',
      GUANXI_DATABASE_URL: database.url,
      GUANXI_OWNER_URL: database.url,
      GUANXI_BUS_URL: bus.url,
      GUANXI_GRPC: `127.0.0.1:${await freePort()}`,
      GUANXI_NAMESPACE: '6f1c3b1e-3d0b-4f6e-9a53-0d5f2f0a7c11',
      GUANXI_ISSUER: issuer.options.issuer,
      GUANXI_JWKS: issuer.options.jwks,
      GUANXI_SERVICE_TOKEN_FILE: join(folder, 'token'),
    };
  });
  afterAll(async () => {
    await Promise.all([database.drop(), bus.drop(), rm(folder, { recursive: true })]);
  });

  it('ends with 0 after a signal, finishing what it took; more signals change nothing', async () => {
    const running = start(env);
    await ready(running);
    const client = new UnaryClient(env.GUANXI_GRPC as string);
    const waiting = client.call(History.method.readEvents, { waitSeconds: 20 }, { authorization: await issuer.bearer() }, 20_000);
    await pause(200);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
      running.child.kill(signal);
      await pause(10);
    }
    await expect(waiting).resolves.toMatchObject({ records: [], head: '0' });
    expect(await running.code).toBe(0);
    expect(running.err()).toBe('');
    client.close();
  });
  it('says every fault of its configuration and ends with 1', async () => {
    const running = start({ ...env, GUANXI_GRPC: 'here', GUANXI_NAMESPACE: '' });
    expect(await running.code).toBe(1);
    expect(running.err()).toBe(
      'The configuration has 2 faults:\n  GUANXI_GRPC must be host:port (matches)\n  GUANXI_NAMESPACE is not set (isUuid)\n',
    );
  });
  it('says why it cannot start and ends with 1', async () => {
    const other = start({ ...env, GUANXI_SERVICE: 'accounts' });
    const nowhere = start({ ...env, GUANXI_OWNER_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await Promise.all([other.code, nowhere.code])).toEqual([1, 1]);
    expect(other.err()).toBe('notes does not start: this is the service notes, but GUANXI_SERVICE says accounts\n');
    expect(nowhere.err()).toMatch(/^notes does not start: connect ECONNREFUSED/);
  });
  it('starts without its bus, and says so', async () => {
    const running = start({ ...env, GUANXI_BUS_URL: 'postgres://nobody@127.0.0.1:1/none' });
    await ready(running);
    running.child.kill('SIGTERM');
    expect(await running.code).toBe(0);
    expect(running.out()).toContain('started without a look at the own topic');
  });
});
