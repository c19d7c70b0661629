/** What is sent to a topic. Header values are text; bodies are bytes, since a bus may carry anything. */
export interface BusRecord {
  /** Stated by the sender, never found by the bus: it is stored with the event. */
  readonly partition: number;
  readonly key: string | undefined;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What comes out of a topic. */
export interface DeliveredRecord extends BusRecord {
  readonly topic: string;
  /** The bus's own number in the partition: a hint where to go on, nothing more. */
  readonly offset: number;
  /** When the bus took it, milliseconds since 1970. */
  readonly at: number;
}

/** Records of one partition, in order. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly DeliveredRecord[];
  /** Call it between the parts of long work; it throws where the partition was given to another consumer: end then, others go on. */
  readonly heartbeat: () => Promise<void>;
}

/** A consumer of a group at work. */
export interface Subscription {
  /** Ends after the batches that are under way; what they handled is committed. */
  close(): Promise<void>;
}

/**
 * How a service's history reaches the others: topics of numbered partitions, each in order, everything at least once. Nothing else is
 * relied on: offsets may go back, tails may be lost, topics may be made again (the rules of relay and consumer are made for that).
 */
export interface EventBus {
  /** Makes the topic if there is none. @throws if there is one with another number of partitions: it never changes */
  ensureTopic(topic: string, partitions: number): Promise<void>;
  /** Sends one batch, of any partitions, and ends when the bus holds all of it. @throws where that is not sure: any part may have arrived, or will */
  publish(topic: string, records: readonly BusRecord[]): Promise<void>;
  /**
   * Hands the group's partitions of these topics to its consumers, each partition to one at a time and its batches one after another.
   * Where `handle` throws, the same records come again later; other partitions go on. The offset is committed after `handle`.
   */
  consume(
    group: string,
    topics: readonly string[],
    handle: (batch: Batch) => Promise<void>,
    onError?: (error: unknown) => void,
  ): Promise<Subscription>;
  /** The last records of each partition, at most `count` of each, in order. */
  tail(topic: string, count: number): Promise<DeliveredRecord[]>;
  close(): Promise<void>;
}

/** Of every service's topic. */
export const partitionCount = 24;

/** The topic of a service's history: `guanxi.accounts.v1`. */
export const topicOf = (source: string): string => `guanxi.${source}.v1`;

/** The service whose history a topic carries; undefined for any other topic. */
export const sourceOf = (topic: string): string | undefined => /^guanxi\.([a-z][a-z0-9-]*)\.v1$/.exec(topic)?.[1];
