import { heard, type Incoming, type Receiver } from '@guanxi/event-sourcing/receive';
import { startWorker } from '@guanxi/event-sourcing/worker';
import { partitionCount, sourceOf, topicOf, type Batch, type EventBus, type Subscription } from './bus.js';
import { hear, placeOf, type Ask, type Epoch, type Place, type Stretch } from './consumer.rules.js';
import { carryOut, type Part } from './steps.js';

/** How a consumer asks the owner of a history for what it missed. */
export interface OwnerHistory {
  /**
   * Events of one partition with after < position ≤ upTo, ascending, from the first on, as many as fit into one answer; with the epoch
   * the owner is in. None where it has none.
   */
  range(source: string, partition: number, after: number, upTo: number): Promise<OwnerRange>;
  /** All epochs of the owner. */
  epochs(source: string): Promise<readonly Epoch[]>;
}

/** A part of one partition of an owner's history. */
export interface OwnerRange {
  readonly epoch: string;
  readonly events: readonly { readonly position: number; readonly record: string }[];
}

/** What happened to messages of one source since the process started. */
export interface Counts {
  /** New, whether they came by the bus or were fetched. */
  taken: number;
  /** Asked of the owner. */
  fetched: number;
  /** Not above the inbox row, or held already. */
  repeated: number;
  /** Of an older or unknown epoch, or of a position that the owner does not have. */
  dropped: number;
  /** Without readable headers: not ours. */
  foreign: number;
}

/** What a consumer works with. */
export interface ConsumerOptions {
  readonly bus: EventBus;
  /** The service's name; its replicas share the work. */
  readonly group: string;
  /** The services that it hears. */
  readonly sources: readonly string[];
  readonly owner: OwnerHistory;
  readonly receiver: Receiver;
  readonly partitions?: number;
  readonly onError?: (error: unknown) => void;
  /** A restore of the source has undone positions (after, upTo] that this service may have heard; they stay in `received`. */
  readonly onUnhappened?: (source: string, partition: number, after: number, upTo: number) => void;
}

/** A consumer at work. */
export interface Consumer {
  counts(source: string): Readonly<Counts>;
  health(): Part[];
  stop(): Promise<void>;
}

type Message = Incoming & Place;

interface Hearing {
  readonly counts: Counts;
  /** When the oldest record came that could not be handled yet, by partition. */
  readonly failing: Map<number, number>;
  /** How late the last batch with something new was, and when. */
  late: { ms: number; at: number };
}

const recently = 5_000;

/** Starts the consumer: topics → received. It stores, and thinks of nothing else. Where the bus is away it tries again, for ever. */
export const startConsumer = (options: ConsumerOptions): Consumer => {
  const { bus, group, sources, owner, receiver, partitions = partitionCount, onError = () => undefined, onUnhappened = () => undefined } = options;
  const hearings = new Map(sources.map((source) => [source, newHearing()]));
  let subscription: Subscription | undefined;

  const answer = async (source: string, batch: Batch, counts: Counts, ask: Ask<Message>): Promise<unknown> => {
    switch (ask.ask) {
      case 'receive': {
        await batch.heartbeat();
        const result = await receiver.receive(source, batch.partition, ask.epoch, ask.messages);
        counts.taken += result.taken;
        counts.repeated += result.done - result.taken;
        return result;
      }
      case 'epochs':
        return owner.epochs(source);
      case 'enter':
        return receiver.enter(source, batch.partition, ask.from, ask.to);
      case 'range': {
        const range = await owner.range(source, batch.partition, ask.after, ask.upTo);
        counts.fetched += range.events.length;
        return stretchOf(range);
      }
      case 'unhappened':
        return onUnhappened(source, batch.partition, ask.after, ask.upTo);
      case 'dropped':
        counts.dropped += ask.count;
    }
  };

  const handle = async (batch: Batch): Promise<void> => {
    const source = sourceOf(batch.topic) ?? '';
    const hearing = hearings.get(source);
    const [first] = batch.records;
    if (!hearing || !first) return;
    const messages = messagesOf(batch);
    const { taken } = hearing.counts;
    hearing.counts.foreign += batch.records.length - messages.length;
    try {
      await carryOut(hear(messages), (ask) => answer(source, batch, hearing.counts, ask));
      hearing.failing.delete(batch.partition);
      // What a relay sends again in silence says nothing of how far behind we are.
      if (hearing.counts.taken > taken) hearing.late = { ms: Date.now() - first.at, at: Date.now() };
    } catch (error) {
      hearing.failing.set(batch.partition, first.at);
      throw error;
    }
  };

  const subscriber = startWorker(
    async () => {
      if (subscription) return false;
      const topics = sources.map(topicOf);
      for (const topic of topics) await bus.ensureTopic(topic, partitions);
      subscription = await bus.consume(group, topics, handle, onError);
      return false;
    },
    { pollMs: 60_000, longestPauseMs: 5_000, onError },
  );

  return {
    counts: (source) => ({ ...(hearings.get(source) ?? newHearing()).counts }),
    health: () =>
      [...hearings].map(([source, hearing]) => {
        const reason = !subscription ? 'not yet at the bus' : hearing.failing.size > 0 ? `${hearing.failing.size} partitions cannot be received` : '';
        return { name: `consumer ${source}`, ready: true, lagMs: lagOf(hearing), reason };
      }),
    stop: async () => {
      await subscriber.stop();
      await subscription?.close();
    },
  };
};

const newHearing = (): Hearing => ({
  counts: { taken: 0, fetched: 0, repeated: 0, dropped: 0, foreign: 0 },
  failing: new Map(),
  late: { ms: 0, at: 0 },
});

const lagOf = ({ failing, late }: Hearing): number => {
  const now = Date.now();
  if (failing.size > 0) return Math.max(0, now - Math.min(...failing.values()));
  return now - late.at < recently ? Math.max(0, late.ms) : 0;
};

/** The batch's messages; records without readable headers are nobody's. */
const messagesOf = (batch: Batch): Message[] =>
  batch.records.flatMap(({ headers, value, key }) => {
    const place = placeOf(headers);
    return place ? [{ ...place, ...heard(value, key) }] : [];
  });

const stretchOf = ({ epoch, events }: OwnerRange): Stretch<Message> => ({
  epoch,
  messages: events.map(({ position, record }) => ({ epoch, position, prev: 0, ...heard(Buffer.from(record)) })),
});
