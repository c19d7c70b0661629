import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import { testIssuer } from '@guanxi/service-kit/testing/issuer';
import { UnaryClient } from '@guanxi/service-kit/unary.client';
import { Client } from 'pg';
import { ownServer } from '../../../test/own-server.ts';
import { freePort } from '../../processes.ts';
import { heapFlags } from '../../heap.ts';

const root = join(import.meta.dirname, '../../..');
const namespace = '0e4f7c5a-7b1d-5c2e-9f3a-1d2c3b4a5968';

/** One of two processes of a service, from its start to its death. */
export interface Life {
  readonly replica: number;
  readonly client: UnaryClient;
  /** It answered once, and was not killed yet. */
  up: boolean;
  /** When a view of it was last seen to be late, by `performance.now()`. */
  late: number;
}

/** Two processes of the accounts service on a PostgreSQL of their own. */
export interface Pair {
  /** Those that answer now. */
  readonly up: () => Life[];
  readonly authorization: string;
  /** The superuser's address of the service's database. */
  readonly url: string;
  /** SIGKILL, and at once another in its place. */
  readonly kill: (replica: number) => Promise<void>;
  /** @throws Error with the end of its log where it does not come up */
  readonly untilUp: (replica: number) => Promise<void>;
  /** Errors that the processes wrote down: what, and where it was thrown. */
  readonly errors: () => string[];
  readonly stop: () => Promise<void>;
}

const upMs = 60_000;
const lookMs = 200;
/** A command waits a second for its views; this near to it, it may have given up. */
const lateMs = 600;

const prepare = async (superuser: string, database: string, owner: string): Promise<void> => {
  const client = new Client(superuser);
  await client.connect();
  await client.query(`create database ${database} owner ${owner}`);
  await client.end();
};

const addressOf = (superuser: string, user: string, database: string): string => {
  const url = new URL(superuser);
  url.username = user;
  url.pathname = `/${database}`;
  return url.href;
};

const errorsIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
    .map((line) => {
      const { time, msg, error, code, slug, frames } = JSON.parse(line) as Record<string, string> & { frames?: string[] };
      return [time, msg, error, code ?? slug, ...(frames ?? []).slice(0, 4)].filter(Boolean).join(' | ');
    });

/** Starts server and processes, and waits until both answer. */
export const startPair = async (): Promise<Pair> => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-rebuild-'));
  const server = await ownServer();
  const administrator = new Client(server.url);
  await administrator.connect();
  await administrator.query('create role accounts_owner login; create role accounts_app login');
  await administrator.end();
  await prepare(server.url, 'accounts', 'accounts_owner');
  await prepare(server.url, 'bus', 'accounts_app');
  const issuer = await testIssuer();
  const exp = Math.floor(Date.now() / 1_000) + 86_400;
  const tokenFile = join(folder, 'accounts.jwt');
  writeFileSync(tokenFile, await issuer.token({ sub: 'service:accounts', kind: 'SYSTEM', roles: ['SUBSCRIBER'], exp }));
  const env = {
    ...process.env,
    ...{ GUANXI_SERVICE: 'accounts', GUANXI_NAMESPACE: namespace, GUANXI_LOG: 'warn', GUANXI_SERVICE_TOKEN_FILE: tokenFile },
    ...{ GUANXI_ISSUER: issuer.options.issuer, GUANXI_AUDIENCE: issuer.options.audience, GUANXI_JWKS: issuer.options.jwks },
    GUANXI_OWNER_URL: addressOf(server.url, 'accounts_owner', 'accounts'),
    GUANXI_DATABASE_URL: addressOf(server.url, 'accounts_app', 'accounts'),
    GUANXI_BUS_URL: addressOf(server.url, 'accounts_app', 'bus'),
  };
  const ports = [await freePort(), await freePort()];
  const logs = ports.map((_, n) => join(folder, `accounts-${n}.log`));
  const children: ChildProcess[] = [];
  const lives: (Life | undefined)[] = [];
  let stopping = false;

  /** Notes when it answers for the first time, and how late its views say they are, as long as it lives. */
  const look = async (life: Life): Promise<void> => {
    for (; lives[life.replica] === life; await sleep(lookMs)) {
      const health = (await life.client.call(Operations.method.getHealth, {}, {}, 2_000).catch(() => undefined)) as
        { parts: { name: string; lagMs: number }[] } | undefined;
      if (health && lives[life.replica] === life) life.up = true;
      if (!health || health.parts.some((it) => it.name.startsWith('view ') && it.lagMs > lateMs)) life.late = performance.now();
    }
  };
  const start = (replica: number): void => {
    const grpc = `127.0.0.1:${ports[replica]}`;
    const log = openSync(logs[replica] ?? '', 'a');
    const main = join(root, 'services/accounts/dist/main.js');
    children[replica] = spawn(process.execPath, [...heapFlags, main], { env: { ...env, GUANXI_GRPC: grpc }, stdio: ['ignore', log, log] });
    const life: Life = { replica, client: new UnaryClient(grpc), up: false, late: performance.now() };
    lives[replica] = life;
    void look(life);
  };
  const end = async (replica: number, signal: NodeJS.Signals): Promise<void> => {
    const [life, child] = [lives[replica], children[replica]];
    if (!life || !child) return;
    life.up = false;
    lives[replica] = undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await gone;
    }
    life.client.close();
  };
  const untilUp = async (replica: number): Promise<void> => {
    for (const until = Date.now() + upMs; !lives[replica]?.up; await sleep(20))
      if (Date.now() > until || children[replica]?.exitCode !== null)
        throw new Error(`replica ${replica} does not answer: ${readFileSync(logs[replica] ?? '', 'utf8').slice(-2_000)}`);
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all([end(0, 'SIGTERM'), end(1, 'SIGTERM')]);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const replica of [0, 1]) {
      start(replica);
      await untilUp(replica);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    up: () => lives.flatMap((it) => (it?.up ? [it] : [])),
    authorization: await issuer.bearer({ sub: 'drill', roles: ['SALESPERSON', 'SYSTEM_ADMIN', 'GROUP_MANAGEMENT'], exp }),
    url: addressOf(server.url, 'postgres', 'accounts'),
    kill: async (replica) => {
      await end(replica, 'SIGKILL');
      if (!stopping) start(replica);
    },
    untilUp,
    errors: () => logs.flatMap(errorsIn),
    stop,
  };
};
