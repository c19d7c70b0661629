import type { Consumer, Kafka } from 'kafkajs';
import { startWorker } from '@guanxi/event-sourcing/worker';
import type { Batch, Subscription } from './bus.js';
import { farewell } from './kafka.client.js';
import { batchWork } from './kafka.work.js';

/** One group's reading of some topics. */
export interface KafkaReading {
  readonly newClient: () => Kafka;
  readonly group: string;
  readonly topics: readonly string[];
  readonly handle: (batch: Batch) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly sessionTimeoutMs: number;
  /** Makes those of the topics again that are gone. */
  readonly ensureTopics: () => Promise<void>;
}

/** A subscription that tells when it last gave a sign of life, or its handler a heartbeat if that is longer ago; milliseconds since 1970. */
export interface KafkaSubscription extends Subscription {
  readonly lastActivity: () => number;
}

const heartbeatsASession = 10;
/** How long a broker holds a fetch that finds nothing, hence how late a partition is that was set aside. */
const maxWaitTimeInMs = 500;
const batchesAtOnce = 16;

/**
 * Reads for ever: a consumer that crashes, as kafkajs calls any trouble that lasts, is replaced by a new one. kafkajs' own restart is
 * not used: it does not come for every error, and it comes after the consumer was closed.
 */
export const startReading = (reading: KafkaReading): KafkaSubscription => {
  const { topics, onError, ensureTopics } = reading;
  const work = batchWork({ ...reading, commit: (offsets) => consumer?.commitOffsets(offsets) });
  let consumer: Consumer | undefined;
  let joining: Promise<void> | undefined;
  let end = (): void => undefined;
  let closing = false;
  let lastActivity = Date.now();
  const alive = (): void => void (lastActivity = Date.now());

  const join = async (it: Consumer): Promise<void> => {
    await it.connect();
    await it.subscribe({ topics: [...topics], fromBeginning: true });
    await it.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: batchesAtOnce, eachBatch: work.eachBatch });
  };

  /** One consumer's life; throws what it crashed of. */
  const live = async (): Promise<boolean> => {
    alive();
    await ensureTopics();
    if (closing) return false;
    const it = newConsumer(reading);
    const { CONNECT, GROUP_JOIN, HEARTBEAT, FETCH, END_BATCH_PROCESS, REBALANCING, CRASH } = it.events;
    for (const event of [CONNECT, HEARTBEAT, FETCH, END_BATCH_PROCESS] as const) it.on(event, alive);
    for (const event of [GROUP_JOIN, REBALANCING] as const) it.on(event, work.leave);
    const over = Promise.withResolvers<void>();
    it.on(CRASH, ({ payload }) => over.reject(payload.error));
    [consumer, end] = [it, over.resolve];
    try {
      joining = join(it);
      await Promise.race([joining.then(() => over.promise), over.promise]);
    } finally {
      consumer = undefined;
      work.leave();
      await farewell(it.disconnect());
    }
    return false;
  };

  const keeper = startWorker(live, { longestPauseMs: 5_000, onError });
  return {
    lastActivity: () => Math.min(lastActivity, work.lastBeat()),
    close: async () => {
      closing = true;
      // Who goes in the middle of a join, without a word, is waited for by the group's others until its session ends.
      await farewell(joining);
      await work.close(() => consumer?.pause(topics.map((topic) => ({ topic }))));
      end();
      await farewell(keeper.stop());
    },
  };
};

const newConsumer = ({ newClient, group, sessionTimeoutMs }: KafkaReading): Consumer =>
  newClient().consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: sessionTimeoutMs / heartbeatsASession,
    maxWaitTimeInMs,
    allowAutoTopicCreation: false,
    // We use no transactions; one that somebody else left open must not hold us up.
    readUncommitted: true,
    retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) },
  });
