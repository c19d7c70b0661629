import type { EventBus } from './bus.js';
import { kafkaClient, kafkaCode, type KafkaAddress } from './kafka.client.js';
import { startReading, type KafkaSubscription } from './kafka.consume.js';
import { openPublisher, type Compression } from './kafka.publish.js';
import { readKafkaTail } from './kafka.tail.js';
import { ensureKafkaTopic, type TopicOptions } from './kafka.topic.js';

/** How the Kafka bus behaves; times in milliseconds. */
export interface KafkaBusOptions extends KafkaAddress, TopicOptions {
  /** How batches are packed; gzip. */
  readonly compression?: Compression;
  /** How long a consumer that the broker does not hear keeps its partitions; 30 s. */
  readonly sessionTimeoutMs?: number;
  /** Errors that it gets over by itself: it tries again. */
  readonly onError?: (error: unknown) => void;
  /** A consumer gives no sign of life, not even an error, and only a new process will help: end this one. */
  readonly onStopped?: (reason: string) => void;
  /** After how long without a sign of life `onStopped` is called; 120 s, more than a group's longest rebalance. */
  readonly silenceMs?: number;
}

/** The bus on Kafka. */
export interface KafkaBus extends EventBus {
  /** When the consumer that has been silent longest gave its last sign of life, milliseconds since 1970; now where none is open. */
  lastActivity(): number;
}

/** What kafkajs repeats by itself when it makes a topic or looks at its end; publications it never repeats. */
const retries = 3;

/** The bus on Apache Kafka. Connects when it is first used: brokers that are away hold up nobody. */
export const openKafkaBus = (options: KafkaBusOptions): KafkaBus => {
  const { compression = 'gzip', onError = () => undefined, onStopped = () => undefined } = options;
  const { sessionTimeoutMs = 30_000, silenceMs = 120_000 } = options;
  const publisher = openPublisher(() => kafkaClient(options, 0), compression);
  const readings = new Set<KafkaSubscription>();
  /** The topics that were asked for, with their partitions: one that is deleted is made again. */
  const ensured = new Map<string, number>();
  const ensure = async (topic: string, partitions: number): Promise<void> => {
    await ensureKafkaTopic(kafkaClient(options, retries), topic, partitions, compression, options);
    ensured.set(topic, partitions);
  };
  const ensureAgain = async (topics: readonly string[]): Promise<void> => {
    for (const topic of topics) {
      const partitions = ensured.get(topic);
      if (partitions !== undefined) await ensure(topic, partitions);
    }
  };
  const lastActivity = (): number => Math.min(Date.now(), ...[...readings].map((it) => it.lastActivity()));
  const watch = watchFor(lastActivity, silenceMs, onStopped);

  return {
    ensureTopic: ensure,
    lastActivity,
    publish: async (topic, records) => {
      try {
        await publisher.publish(topic, records);
      } catch (error) {
        if (kafkaCode(error) === 'UNKNOWN_TOPIC_OR_PARTITION') await ensureAgain([topic]);
        throw error;
      }
    },
    consume: (group, topics, handle, reportError = onError) => {
      const reading = startReading({
        ...{ group, topics, handle, sessionTimeoutMs },
        onError: reportError,
        newClient: () => kafkaClient(options, retries),
        ensureTopics: () => ensureAgain(topics),
      });
      readings.add(reading);
      const close = async (): Promise<void> => {
        readings.delete(reading);
        await reading.close();
      };
      return Promise.resolve({ close });
    },
    tail: (topic, count) => readKafkaTail(kafkaClient(options, retries), topic, count),
    close: async () => {
      clearInterval(watch);
      await Promise.all([publisher.close(), ...[...readings].map((it) => it.close())]);
    },
  };
};

/** Counts looks, not time: a process that was stopped for an hour has given no sign either. */
const watchFor = (lastActivity: () => number, silenceMs: number, onStopped: (reason: string) => void): NodeJS.Timeout => {
  const looks = 12;
  let last = 0;
  let silent = 0;
  const look = (): void => {
    silent = lastActivity() === last ? silent + 1 : 0;
    last = lastActivity();
    if (silent === looks) onStopped(`A consumer of Kafka gave no sign of life for ${silenceMs} ms.`);
  };
  return setInterval(look, silenceMs / looks).unref();
};
