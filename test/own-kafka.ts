import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../scripts/kafka/broker.ts';
import type { Settings } from '../scripts/kafka/properties.ts';
import { without } from './kafka.js';

/** A Kafka broker of a test's own, on one port for all of its lives. */
export interface OwnKafka {
  readonly port: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** While it is stopped: keeps a copy of what it holds, or goes back to it. */
  keep(): void;
  restore(): void;
  close(): Promise<void>;
}

/**
 * For what would disturb other tests. Undefined where Java or its jars are missing, and says so loudly; with CI=true that is an error,
 * unless KAFKA_BROKERS says which broker this run has.
 */
export const ownKafka = async (settings: Settings = {}): Promise<OwnKafka | undefined> => {
  // The next run clears away folders and brokers of this name whose process is gone.
  const folder = mkdtempSync(join(tmpdir(), `guanxi-kafka-test-${process.pid}-own-`));
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    let broker = await startBroker(folder, undefined, settings);
    const { port } = broker;
    return {
      port,
      stop: () => broker.stop(),
      kill: () => broker.kill(),
      start: async () => void (broker = await startBroker(folder, port, settings)),
      keep: () => cpSync(data, copy, { recursive: true }),
      restore: () => {
        rmSync(data, { recursive: true });
        cpSync(copy, data, { recursive: true });
      },
      close: async () => {
        await broker.kill();
        remove();
      },
    };
  } catch (error) {
    remove();
    return without((error as Error).message, process.env.KAFKA_BROKERS === undefined);
  }
};
