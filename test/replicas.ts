import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Access_Role } from '@guanxi/contracts/guanxi/common/v1/access_pb';
import { testIssuer } from '@guanxi/service-kit/testing/issuer';
import { freePort } from '@guanxi/service-kit/testing/server';
import { compile, generate } from '../scripts/compile.ts';
import { services } from '../scripts/up/services.ts';
import { freshDatabase, type FreshDatabase } from './postgres.js';
import { namespace } from './service.js';

const root = join(import.meta.dirname, '..');
const everyRole = Object.keys(Access_Role).filter((it) => Number.isNaN(Number(it)) && it !== 'ROLE_UNSPECIFIED');

/** One process of many. */
interface Replica {
  readonly child: ChildProcess;
  /** host:port of `/metrics`. */
  readonly operations: string;
  readonly log: string;
}

/** The whole house, every process of it several times over, on Kafka. */
export interface Replicas {
  /** Each before all copies of the services. */
  readonly gateways: readonly string[];
  /** As an `Authorization` header; may do everything. */
  readonly bearer: string;
  readonly databases: ReadonlyMap<string, FreshDatabase>;
  /** A process's metrics as Prometheus reads them. */
  metrics(name: string, copy: number): Promise<string>;
  /** SIGKILL. */
  kill(name: string, copy: number): Promise<void>;
  /** What a process wrote. */
  logOf(name: string, copy: number): Promise<string>;
  stop(): Promise<void>;
}

const exited = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Starts every service and the gateway `copies` times over the same databases and brokers, and waits until all are ready. */
export const startReplicas = async (brokers: string, copies: number): Promise<Replicas> => {
  await generate();
  await compile();
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-replicas-'));
  const issuer = await testIssuer();
  const databases = new Map(await Promise.all(services.map(async (name) => [name, await freshDatabase()] as const)));
  const replicas = new Map<string, Replica>();

  const tokenFile = async (name: string): Promise<string> => {
    const file = join(folder, `${name}.jwt`);
    await writeFile(file, await issuer.token({ sub: `service:${name}`, kind: 'SYSTEM', roles: ['SUBSCRIBER'] }));
    return file;
  };
  const launch = async (name: string, copy: number, own: Readonly<Record<string, string>>, peers: string): Promise<void> => {
    const operations = `127.0.0.1:${await freePort()}`;
    const { options } = issuer;
    const env = {
      ...process.env,
      ...{ GUANXI_NAMESPACE: namespace, GUANXI_ISSUER: options.issuer, GUANXI_AUDIENCE: options.audience, GUANXI_JWKS: options.jwks },
      ...{ GUANXI_PEERS: peers, GUANXI_OPERATIONS: operations, GUANXI_SERVICE_TOKEN_FILE: await tokenFile(name), GUANXI_LOG: 'warn' },
      ...own,
    };
    const log = join(folder, `${name}-${copy}.log`);
    const to = openSync(log, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'services', name, 'dist/main.js')], { env, stdio: ['ignore', to, to] });
    replicas.set(`${name}-${copy}`, { child, operations, log });
  };
  const replica = (name: string, copy: number): Replica => {
    const found = replicas.get(`${name}-${copy}`);
    if (!found) throw new Error(`no ${name}-${copy}`);
    return found;
  };
  const logOf: Replicas['logOf'] = (name, copy) => readFile(replica(name, copy).log, 'utf8');

  const untilReady = async (url: string, name: string, copy: number): Promise<void> => {
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
      if (replica(name, copy).child.exitCode !== null) break;
      if (
        await fetch(url).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
    }
    throw new Error(`${name}-${copy} did not get ready: ${await logOf(name, copy)}`);
  };

  /** Every service's copies, each service's addresses joined: whoever calls it finds one that lives. */
  const ports = new Map(await Promise.all(services.map(async (name) => [name, await Promise.all(range(copies).map(() => freePort()))] as const)));
  const peers = (but?: string): string =>
    [...ports].flatMap(([name, all]) => (name === but ? [] : [`${name}=${all.map((port) => `127.0.0.1:${port}`).join('+')}`])).join(',');

  const startCopy = async (copy: number): Promise<string> => {
    for (const [name, all] of ports) {
      const url = databases.get(name)?.url ?? '';
      const bus = { GUANXI_KAFKA_BROKERS: brokers, GUANXI_PARTITIONS: '6', GUANXI_KAFKA_SESSION_TIMEOUT_MS: '6000' };
      const own = { GUANXI_SERVICE: name, GUANXI_DATABASE_URL: url, GUANXI_OWNER_URL: url, GUANXI_GRPC: `127.0.0.1:${all[copy]}` };
      await launch(name, copy, { ...bus, ...own }, peers(name));
    }
    const http = `127.0.0.1:${await freePort()}`;
    await launch('gateway', copy, { GUANXI_HTTP: http }, peers());
    return `http://${http}`;
  };

  const stop = async (): Promise<void> => {
    for (const { child } of replicas.values()) child.kill('SIGTERM');
    await Promise.all([...replicas.values()].map(({ child }) => exited(child)));
    await Promise.all([...databases.values()].map((it) => it.drop()));
    await rm(folder, { recursive: true });
  };
  try {
    const gateways: string[] = [];
    for (const copy of range(copies)) gateways.push(await startCopy(copy));
    await Promise.all(gateways.map((url, copy) => untilReady(`${url}/health/ready`, 'gateway', copy)));
    return {
      ...{ gateways, databases, logOf, stop },
      bearer: await issuer.bearer({ sub: 'op-17', roles: everyRole }),
      metrics: async (name, copy) => (await fetch(`http://${replica(name, copy).operations}/metrics`)).text(),
      kill: async (name, copy) => {
        replica(name, copy).child.kill('SIGKILL');
        await exited(replica(name, copy).child);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
