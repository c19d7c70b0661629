import { expect } from '@jest/globals';
import { receiver } from '@guanxi/event-sourcing/receive';
import { topicOf, type BusRecord, type EventBus } from '../bus.js';
import { startConsumer, type Consumer } from '../consumer.js';
import { startRelay, type Relay } from '../relay.js';
import type { FreshDatabase } from './bus.contract.js';
import { testService, type TestService } from './owner.js';
import { until } from './until.js';

const partitions = 5;
let sources = 0;

interface ReceivedRow {
  readonly seq: number;
  readonly type: string;
  readonly record: string;
  readonly source_position: number;
}

/** One owner's topic with its relays and consumers. */
export interface Play {
  readonly source: string;
  readonly topic: string;
  readonly relay: (by?: EventBus, silenceMs?: number) => Relay;
  readonly consumer: (by?: EventBus) => Consumer;
  /** What the subscriber holds of the owner, in the order it came. */
  readonly received: () => Promise<ReceivedRow[]>;
  /** Until the subscriber holds all of the owner's history; then each event once, each partition in order. */
  readonly converged: () => Promise<void>;
  /** What the relay would send, without a relay. */
  readonly records: () => Promise<BusRecord[]>;
  /** after, upTo of each report. */
  readonly unhappened: number[];
  /** Of its consumers. */
  readonly errors: unknown[];
}

/** Two services on real PostgreSQL, one hears the other. */
export interface Stage {
  readonly owner: TestService;
  readonly subscriber: TestService;
  /** The owner begins anew, with a topic of its own. */
  play(): Promise<Play>;
  /** Stops every relay and consumer of the last play. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the two services; relays and consumers use `bus` where they are not told of another. */
export const openStage = async (freshDatabase: FreshDatabase, bus: EventBus): Promise<Stage> => {
  const [subscriber, owner] = [await testService(freshDatabase, 'subscriber', partitions), await testService(freshDatabase, 'owner', partitions)];
  const running: (Relay | Consumer)[] = [];
  const play = async (): Promise<Play> => {
    await owner.reset();
    const source = `owner${++sources}-${Date.now()}`;
    const topic = topicOf(source);
    const unhappened: number[] = [];
    const errors: unknown[] = [];
    const relay = (by = bus, silenceMs = 30_000): Relay => {
      const it = startRelay({ pool: owner.pool, bus: by, source, partitions, silenceMs, pollMs: 50 });
      running.push(it);
      return it;
    };
    const consumer = (by = bus): Consumer => {
      const it = startConsumer({
        bus: by,
        group: `subscriber-of-${source}`,
        sources: [source],
        owner: owner.history,
        receiver: receiver(subscriber.pool),
        partitions,
        onError: (error) => errors.push(error),
        onUnhappened: (_, __, after, upTo) => unhappened.push(after, upTo),
      });
      running.push(it);
      return it;
    };
    const received = (): Promise<ReceivedRow[]> =>
      subscriber.query<ReceivedRow>('select seq, type, record, source_position from received where source = $1 order by seq', [source]);
    const history = (): Promise<{ record: string }[]> => owner.query('select record::text as record from events order by position');
    const converged = async (): Promise<void> => {
      const own = (await history()).map((it) => it.record);
      const missing = async (): Promise<number> => {
        const held = new Set((await received()).map((it) => it.record));
        return own.filter((it) => !held.has(it)).length;
      };
      await until(async () => (await missing()) === 0, missing, 40_000);
      const texts = (await received()).map((it) => it.record);
      expect(new Set(texts).size).toBe(texts.length);
      const held = new Set(texts);
      const ranks = new Map(own.map((it, n) => [it, n]));
      const rows = await owner.query<{ partition: number; record: string }>('select partition, record::text as record from events');
      const partition = new Map(rows.map((it) => [it.record, it.partition]));
      for (let p = 0; p < partitions; p++) {
        const order = texts.filter((it) => partition.get(it) === p).map((it) => ranks.get(it) as number);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
      expect(own.every((it) => held.has(it))).toBe(true);
    };
    const records = async (): Promise<BusRecord[]> => {
      const rows = await owner.query<{ partition: number; record: string; position: number; prev: number; epoch: string }>(
        `select partition, record::text as record, position, lag(position, 1, 0::bigint) over (partition by partition order by position) as prev,
                (select max(id) from epochs) as epoch from events order by position`,
      );
      return rows.map(({ partition, record, position, prev, epoch }) => ({
        partition,
        key: 'k',
        value: Buffer.from(record),
        headers: { position: String(position), 'prev-position': String(prev), epoch },
      }));
    };
    await bus.ensureTopic(topic, partitions);
    return { source, topic, relay, consumer, received, converged, records, unhappened, errors };
  };
  return {
    owner,
    subscriber,
    play,
    rest: async () => void (await Promise.all(running.splice(0).map((it) => it.stop()))),
    close: async () => void (await Promise.all([subscriber, owner].map((it) => it.close()))),
  };
};
