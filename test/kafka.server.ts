import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftBroker, startBroker } from '../scripts/kafka/broker.ts';
import { alive } from '../scripts/processes.ts';
import { Trouble } from '../scripts/trouble.ts';
import { imageIsHere } from './container.ts';

const image = process.env.TEST_KAFKA_IMAGE ?? 'confluentinc/cp-kafka:8.0.0';
/** So that tests on lost members need not wait six seconds for each. */
const minSession = 'group.min.session.timeout.ms';
const shortestSessionMs = 500;
/** Of folders of brokers; the owner's process id follows. */
const prefix = 'guanxi-kafka-test-';

/** A broker that runs, or why there is none. */
export type Found = { readonly brokers: string; readonly stop: () => Promise<void> } | { readonly reason: string };

/**
 * One Kafka broker for the whole run, started when the first test asks for it (`kafkaBrokers` of kafka.ts), so that a run without such
 * a test does not wait for it: the one in KAFKA_BROKERS, else a container, else our own from its jars. Gives back how to stop it.
 */
export const offerKafka = async (): Promise<() => Promise<void>> => {
  if (process.env.KAFKA_BROKERS) return async () => {};
  let found: Promise<Found> | undefined;
  const server = createServer((_, response) => {
    found ??= find();
    void found.then((it) => response.end(JSON.stringify(it)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  process.env.TEST_KAFKA_OFFER = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return async () => {
    server.close();
    server.closeAllConnections();
    const it = await found;
    if (it && 'stop' in it) await it.stop();
  };
};

const find = async (): Promise<Found> => {
  try {
    return (await container()) ?? (await own());
  } catch (error) {
    return { reason: error instanceof Trouble ? error.message : String((error as Error).stack) };
  }
};

const container = async (): Promise<Found | undefined> => {
  if (!(await imageIsHere(image))) return undefined;
  const { KafkaContainer } = await import('@testcontainers/kafka');
  const started = await new KafkaContainer(image)
    .withKraft()
    .withEnvironment({ [`KAFKA_${minSession.replaceAll('.', '_').toUpperCase()}`]: `${shortestSessionMs}` })
    .start();
  return { brokers: `${started.getHost()}:${started.getMappedPort(9093)}`, stop: async () => void (await started.stop()) };
};

const own = async (): Promise<Found> => {
  await removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const broker = await startBroker(folder, undefined, { [minSession]: shortestSessionMs });
  const stop = async (): Promise<void> => {
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { brokers: broker.brokers, stop };
};

/** Brokers of runs that were killed. */
const removeLeftovers = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((it) => it.startsWith(prefix))) {
    if (alive(Number(name.slice(prefix.length).split('-')[0]))) continue;
    await endLeftBroker(join(tmpdir(), name));
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
};
