import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftBroker, startBroker } from '../kafka/broker.ts';
import { freePort } from '../processes.ts';
import { supervise, type Supervised } from './supervise.ts';

/** Kafka as the services find it: a broker of our own, or one that runs elsewhere. */
export interface Kafka {
  /** host:port,… */
  readonly brokers: string;
  readonly own?: Supervised;
}

const folderOf = (folder: string): string => join(folder, 'kafka');

/** Ends the broker that a killed start left behind. */
export const endLeftKafka = async (folder: string): Promise<void> => {
  if (existsSync(folderOf(folder))) await endLeftBroker(folderOf(folder));
};

/** Uses the brokers of `KAFKA_BROKERS`, else starts one in the data folder and keeps it running. @throws Trouble without Java or Maven */
export const openKafka = async (folder: string, on: { say: (text: string) => void; restarted: () => void }): Promise<Kafka> => {
  const elsewhere = process.env.KAFKA_BROKERS;
  if (elsewhere) return { brokers: elsewhere };
  on.say('Apache Kafka starts, too; before the first time Maven fetches it.');
  const port = await freePort();
  return { brokers: `127.0.0.1:${port}`, own: await supervise('Kafka', () => startBroker(folderOf(folder), port), on) };
};
