import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { kafkaCode, requestTimeoutMs } from './kafka.client.js';

/** How topics are made that are not there. */
export interface TopicOptions {
  /** How many brokers hold each partition; the cluster's default. */
  readonly replicas?: number;
  /** How many of them must have a batch before it counts as sent; the cluster's default. */
  readonly insyncReplicas?: number;
}

/** Above the largest message of gRPC, since an event that no broker takes would hold up all after it. */
const largestRecord = 10 * 1024 * 1024;
/** A new topic is in the metadata a moment before all of its leaders take requests. */
const patience = { times: 50, ms: 100 };

const partitionsOf = async (admin: Admin, topic: string): Promise<number | undefined> => {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length;
  } catch (error) {
    if (kafkaCode(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
    throw error;
  }
};

const settings = (compression: string, { insyncReplicas }: TopicOptions): { name: string; value: string }[] =>
  Object.entries({
    // The broker packs anew what comes packed otherwise: a batch that the consumers cannot open would stop them.
    'compression.type': compression === 'none' ? 'uncompressed' : compression,
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': largestRecord,
    ...(insyncReplicas === undefined ? {} : { 'min.insync.replicas': insyncReplicas }),
  }).map(([name, value]) => ({ name, value: String(value) }));

const untilServed = async (admin: Admin, topic: string, tries = patience.times): Promise<number | undefined> => {
  try {
    const served = await admin.fetchTopicOffsets(topic);
    return served.length;
  } catch (error) {
    if (tries === 0) throw error;
    await pause(patience.ms);
    return untilServed(admin, topic, tries - 1);
  }
};

/** Makes the topic if there is none. @throws if there is one with another number of partitions */
export const ensureKafkaTopic = async (
  client: Kafka,
  topic: string,
  partitions: number,
  compression: string,
  options: TopicOptions,
): Promise<void> => {
  const admin = client.admin();
  await admin.connect();
  try {
    let there = await partitionsOf(admin, topic);
    if (there === undefined) {
      const made = { topic, numPartitions: partitions, replicationFactor: options.replicas ?? -1, configEntries: settings(compression, options) };
      await admin.createTopics({ topics: [made], waitForLeaders: true, timeout: requestTimeoutMs });
      there = await untilServed(admin, topic);
    }
    if (there !== partitions) throw new Error(`The topic ${topic} has ${there ?? 'no'} partitions, not ${partitions}; the number never changes.`);
  } finally {
    await admin.disconnect();
  }
};
