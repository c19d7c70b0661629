import kafkajs, { type Broker, type Cluster, type Kafka } from 'kafkajs';
import type { DeliveredRecord } from './bus.js';
import { kafkaCode } from './kafka.client.js';
import { delivered, type KafkaMessage } from './kafka.record.js';

interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly { readonly partition: number; readonly messages: readonly KafkaMessage[] }[] }[];
}

/** What is still to be read of a partition: from `next` to before `end`. */
interface Stretch {
  readonly partition: number;
  readonly end: number;
  next: number;
}

const fetchOptions = { maxWaitTime: 500, minBytes: 1, maxBytes: 10 * 1024 * 1024, isolationLevel: 0 };
const partitionBytes = 1024 * 1024;

/** A reader that joins no group: joining takes seconds, and each would leave a group behind. kafkajs shows its cluster only to assigners. */
const openCluster = async (client: Kafka): Promise<{ cluster: Cluster; close: () => Promise<void> }> => {
  let cluster: Cluster | undefined;
  const reader = client.consumer({
    groupId: 'guanxi-tail',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        return kafkajs.PartitionAssigners.roundRobin(config);
      },
    ],
  });
  await reader.connect();
  if (!cluster) throw new Error('kafkajs asked for no assigner.');
  return { cluster, close: () => reader.disconnect() };
};

const stretches = async (cluster: Cluster, topic: string, count: number): Promise<Stretch[]> => {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const at = async (fromBeginning: boolean): Promise<Map<number, number>> => {
    const [offsets] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]);
    return new Map(offsets?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  };
  const [first, end] = [await at(true), await at(false)];
  return partitions.map(({ partition }) => {
    const last = end.get(partition) ?? 0;
    return { partition, next: Math.max(first.get(partition) ?? 0, last - count), end: last };
  });
};

/** Reads on in those partitions of one broker; gives back the messages that are wanted. */
const readOn = async (broker: Broker, topic: string, wanted: readonly Stretch[]): Promise<DeliveredRecord[]> => {
  const partitions = wanted.map(({ partition, next }) => ({ partition, fetchOffset: String(next), maxBytes: partitionBytes }));
  const { responses } = (await broker.fetch({ ...fetchOptions, topics: [{ topic, partitions }] })) as FetchResponse;
  return responses
    .flatMap((it) => it.partitions)
    .flatMap(({ partition, messages }) => {
      const stretch = wanted.find((it) => it.partition === partition);
      // A batch is handed out whole, also what stands in it before the offset that was asked for.
      const records = messages
        .map((it) => delivered(topic, partition, it))
        .filter((it) => stretch && it.offset >= stretch.next && it.offset < stretch.end);
      if (stretch) stretch.next = (records.at(-1)?.offset ?? stretch.next - 1) + 1;
      return records;
    });
};

/** All that is wanted, until nothing more comes. */
const readAll = async (cluster: Cluster, topic: string, wanted: readonly Stretch[]): Promise<DeliveredRecord[]> => {
  const found: DeliveredRecord[] = [];
  for (let before = -1; before < found.length;) {
    before = found.length;
    const open = wanted.filter(({ next, end }) => next < end);
    const partitions = open.map(({ partition }) => partition);
    for (const [nodeId, its] of Object.entries(cluster.findLeaderForPartitions(topic, partitions))) {
      const asked = open.filter(({ partition }) => its.includes(partition));
      found.push(...(await readOn(await cluster.findBroker({ nodeId }), topic, asked)));
    }
  }
  return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
};

/** The last records of each partition, at most `count` of each, in order; none where there is no such topic. */
export const readKafkaTail = async (client: Kafka, topic: string, count: number): Promise<DeliveredRecord[]> => {
  const { cluster, close } = await openCluster(client);
  try {
    await cluster.addTargetTopic(topic);
    return await readAll(cluster, topic, await stretches(cluster, topic, count));
  } catch (error) {
    if (kafkaCode(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return [];
    throw error;
  } finally {
    await close();
  }
};
