import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import type { BusRecord } from './bus.js';
import { farewell, requestTimeoutMs } from './kafka.client.js';

/** How batches are packed. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Sends batches, one after another. */
export interface Publisher {
  publish(topic: string, records: readonly BusRecord[]): Promise<void>;
  close(): Promise<void>;
}

const { CompressionTypes } = kafkajs;
const codecs: Readonly<Record<Compression, number>> = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, zstd: CompressionTypes.ZSTD };

/** Connecting and finding the leaders come before the request itself. */
const deadlineMs = requestTimeoutMs + 5_000;

/** kafkajs drops messages for a partition that it does not know, and says they were sent. */
const statedPartition = ({ message, partitionMetadata }: { message: Message; partitionMetadata: readonly unknown[] }): number => {
  const { partition = -1 } = message;
  if (partition < 0 || partition >= partitionMetadata.length) throw new RangeError(`There is no partition ${partition}.`);
  return partition;
};

const messageOf = ({ partition, key, value, headers }: BusRecord): Message => ({ partition, key: key ?? null, value, headers: { ...headers } });

/**
 * A producer with one batch under way at a time, thrown away at any error: then nobody knows what arrived or is still going to, and the
 * caller starts again from what it is sure of. Never kafkajs' idempotent one: it lost acknowledged messages when a reply was lost.
 */
export const openPublisher = (newClient: () => Kafka, compression: Compression): Publisher => {
  let producer: Promise<Producer> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const connect = async (): Promise<Producer> => {
    const it = newClient().producer({ allowAutoTopicCreation: false, createPartitioner: () => statedPartition, retry: { retries: 0 } });
    await it.connect();
    return it;
  };
  const drop = async (): Promise<void> => {
    const dropped = producer;
    producer = undefined;
    await farewell(dropped?.then((it) => it.disconnect()));
  };
  const send = async (topic: string, messages: Message[]): Promise<void> => {
    const it = await (producer ??= connect());
    await it.sendBatch({ acks: -1, timeout: requestTimeoutMs, compression: codecs[compression], topicMessages: [{ topic, messages }] });
  };
  const sendInTime = async (topic: string, messages: Message[]): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Kafka did not take a batch for ${topic} within ${deadlineMs} ms.`)), deadlineMs);
    });
    try {
      await Promise.race([send(topic, messages), late]);
    } catch (error) {
      // Not waited for: a broken connection may take its time to end.
      void drop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    publish: (topic, records) => {
      if (records.length === 0) return Promise.resolve();
      const mine = last.then(() => sendInTime(topic, records.map(messageOf)));
      last = mine.catch(() => undefined);
      return mine;
    },
    close: async () => {
      await last;
      await drop();
    },
  };
};
