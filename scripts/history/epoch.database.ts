import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBus } from '@guanxi/messaging/bus';
import { freePort } from '../processes.ts';
import { Trouble } from '../trouble.ts';
import { dataFolder, readJson } from '../up/data-folder.ts';
import { address, endLeftover, startDatabase } from '../up/database.ts';
import { lastRun, runs } from '../up/run-file.ts';
import { bus as busDatabase, services } from '../up/services.ts';

/** Where a service's history lies, and what it is compared with. */
export interface Place {
  /** As its owner. */
  readonly databaseUrl: string;
  /** Undefined where nobody says which bus it is. */
  readonly openBus: (() => Promise<EventBus>) | undefined;
  readonly close: () => Promise<void>;
}

const postgresBus = (url: string) => async (): Promise<EventBus> => (await import('@guanxi/messaging/postgres.bus')).openPostgresBus(url);

const kafkaBus = (brokers: string) => async (): Promise<EventBus> =>
  (await import('@guanxi/messaging/kafka.bus')).openKafkaBus({ brokers: brokers.split(','), clientId: 'guanxi-history-epoch' });

/** The bus that the service's own variables name. */
const busOfEnvironment = async (): Promise<Place['openBus']> => {
  if (!process.env.GUANXI_BUS_URL && !process.env.GUANXI_KAFKA_BROKERS) return undefined;
  const [{ readConfig }, { BusConfig }, { openBus }, { logger }] = await Promise.all([
    import('@guanxi/service-kit/config'),
    import('@guanxi/service-kit/bus.config'),
    import('@guanxi/service-kit/bus.open'),
    import('@guanxi/service-kit/log'),
  ]);
  return () => openBus(readConfig(BusConfig), 'history', logger('history', 'silent'));
};

/** This machine's data folder; its PostgreSQL is started for the while where it does not run. */
const ofDataFolder = async (service: string): Promise<Place> => {
  if (!existsSync(dataFolder())) throw new Trouble('There is no data folder here. Name the database: --database postgres://…');
  const folder = realpathSync(dataFolder());
  const secrets = readJson<Record<string, string>>(join(folder, 'secrets.json'));
  if (!services.includes(service)) throw new Trouble(`There is no service ${service}. There are ${services.join(', ')}.`);
  if (!secrets || !existsSync(join(folder, 'postgres'))) throw new Trouble(`${folder} holds no database. Name one: --database postgres://…`);
  const run = lastRun(folder);
  const leftover = run?.postgres?.pid;
  const at = (port: number, bus: Place['openBus'], close: Place['close']): Place => ({
    ...{ databaseUrl: address(port, `${service}_owner`, secrets, service), openBus: bus, close },
  });
  const own = (port: number): Place['openBus'] => postgresBus(address(port, `${busDatabase}_app`, secrets, busDatabase));
  if (runs(run)) {
    if (!run.postgres) throw new Trouble('Guanxi is being started or stopped here. Try again in a moment.');
    const { port } = run.postgres;
    return at(port, run.kafka ? kafkaBus(run.kafka.brokers) : own(port), () => Promise.resolve());
  }
  await endLeftover(folder, leftover, console.error);
  const port = await freePort();
  const server = await startDatabase(folder, port);
  // With Kafka the broker of the data folder rests, too; the table of the other bus then says nothing.
  const brokers = process.env.KAFKA_BROKERS;
  const bus = brokers ? kafkaBus(brokers) : existsSync(join(folder, 'kafka')) ? undefined : own(port);
  return at(port, bus, () => server.stop());
};

/** The database that was named, by argument or by the service's own variables, else this machine's data folder. */
export const placeOf = async (service: string, given: string | undefined): Promise<Place> => {
  const databaseUrl = given ?? process.env.GUANXI_OWNER_URL;
  if (databaseUrl === undefined) return ofDataFolder(service);
  return { databaseUrl, openBus: await busOfEnvironment(), close: () => Promise.resolve() };
};
