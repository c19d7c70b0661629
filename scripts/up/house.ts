import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, generate } from '../compile.ts';
import { freePort } from '../processes.ts';
import { endLeftServices, gatewayPort, noOtherStart } from './checks.ts';
import { startChild } from './child.ts';
import { install, logFile, openDataFolder, secretsFor, type Installation } from './data-folder.ts';
import { endLeftover, prepareCluster, prepareDatabases, startDatabase } from './database.ts';
import { gatewayEnvironment, serviceEnvironment, type House } from './environment.ts';
import { prepareIssuer, renewServiceTokens } from './issuer.ts';
import { prepareNotary } from './notary.ts';
import { untilReady } from './ready.ts';
import { endLeftKafka, openKafka, type Kafka } from './kafka.ts';
import { removeRun, writeRun, type RunFile } from './run-file.ts';
import { roles, services } from './services.ts';
import { supervise, type Supervised } from './supervise.ts';

const tokensRenewedMs = 3_600_000;
const release = (JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version;

export type Say = (text: string) => void;

/** A running house. */
export interface Running {
  readonly url: string;
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

/** Waits for all, also where one fails: what the others started must be known to be stopped. */
const allDone = async (work: readonly Promise<void>[]): Promise<void> => {
  const failed = (await Promise.allSettled(work)).find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
};

/** Everything that has to be right before the first process starts; builds and makes the database at the same time. */
const prepare = async (say: Say): Promise<House> => {
  const { folder, installation } = openDataFolder(say);
  const last = noOtherStart(folder);
  const port = await gatewayPort();
  await endLeftServices(last, say);
  await endLeftover(folder, last?.postgres?.pid, say);
  await endLeftKafka(folder);
  removeRun(folder);
  const secrets = secretsFor(folder, roles);
  const build = async (): Promise<void> => {
    await generate();
    await compile();
  };
  const makeDatabase = async (): Promise<Installation> => {
    await prepareCluster(folder, secrets.postgres ?? '');
    return installation ?? install(folder);
  };
  const [{ namespace }] = await Promise.all([makeDatabase(), build()]);
  prepareIssuer(folder);
  prepareNotary(folder, services);
  renewServiceTokens(folder, namespace, [...services, 'gateway']);
  const portEach = async (names: readonly string[]): Promise<Record<string, number>> =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const ports = await portEach(services);
  const operations = await portEach([...services, 'gateway']);
  return { folder, namespace, secrets, gatewayPort: port, databasePort: await freePort(), ports, operations };
};

/** Which bus carries the events. */
export interface StartOptions {
  readonly kafka: boolean;
}

/** Starts PostgreSQL, Kafka where it is wanted, the services and the gateway, and keeps them running until `stop`. */
export const start = async (say: Say, signal: AbortSignal, options: StartOptions): Promise<Running> => {
  const house = await prepare(say);
  const url = `http://127.0.0.1:${house.gatewayPort}`;
  const startedAt = new Date().toISOString();
  const children: Supervised[] = [];
  let postgres: Supervised | undefined;
  let kafka: Kafka | undefined;
  let ready = false;

  const note = (): void => {
    const address = (port: number | undefined): string => `127.0.0.1:${port ?? house.gatewayPort}`;
    const processes = children.map(({ name, pid, falls }) => {
      const at = { address: address(house.ports[name]), operations: address(house.operations[name]) };
      return { name, pid: pid(), ...at, falls: falls() };
    });
    const database = postgres && { pid: postgres.pid(), port: house.databasePort };
    const broker = kafka && { pid: kafka.own?.pid(), brokers: kafka.brokers };
    writeRun(house.folder, { pid: process.pid, startedAt, release, url, ready, postgres: database, kafka: broker, processes } satisfies RunFile);
  };
  const on = { say, restarted: note };
  const renewal = setInterval(() => renewServiceTokens(house.folder, house.namespace, [...services, 'gateway']), tokensRenewedMs);

  const stop = async (): Promise<void> => {
    clearInterval(renewal);
    await Promise.all(children.map((child) => child.stop()));
    await Promise.all([postgres?.stop(), kafka?.own?.stop()]);
    removeRun(house.folder);
  };

  try {
    note();
    const startPostgres = async (): Promise<void> => {
      postgres = await supervise('PostgreSQL', () => startDatabase(house.folder, house.databasePort), on);
      note();
      await prepareDatabases(house.databasePort, house.secrets);
    };
    const startKafka = async (): Promise<void> => {
      kafka = await openKafka(house.folder, on);
      note();
    };
    await allDone([startPostgres(), ...(options.kafka ? [startKafka()] : [])]);
    const placed = { ...house, brokers: kafka?.brokers };
    const environments = [
      ...services.map((name) => [name, serviceEnvironment(placed, name)] as const),
      ['gateway', gatewayEnvironment(placed)] as const,
    ];
    for (const [name, environment] of environments) {
      signal.throwIfAborted();
      children.push(await supervise(name, () => startChild(name, logFile(house.folder, name), environment), on));
      note();
    }
    await untilReady(url, children, signal, say);
    ready = true;
    note();
    return { url, folder: house.folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
