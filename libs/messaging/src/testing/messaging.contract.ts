import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { receiver } from '@guanxi/event-sourcing/receive';
import { topicOf, type BusRecord, type EventBus } from '../bus.js';
import { startConsumer, type Consumer } from '../consumer.js';
import { startRelay, type Relay } from '../relay.js';
import type { FreshDatabase } from './bus.contract.js';
import { testService, type TestService } from './owner.js';
import { until } from './until.js';

const partitions = 5;
let sources = 0;
const group = `subscriber-${Date.now()}`;

interface ReceivedRow {
  readonly seq: number;
  readonly type: string;
  readonly record: string;
  readonly source_position: number;
}

/** Relay and consumer over a bus: two services on real PostgreSQL, one hears the other. */
export const messagingContract = (openBus: () => Promise<EventBus>, freshDatabase: FreshDatabase): void => {
  describe('with a relay and a consumer', () => {
    let bus: EventBus;
    let other: EventBus;
    let subscriber: TestService;
    let owner: TestService;
    const running: (Relay | Consumer)[] = [];

    beforeAll(async () => {
      [bus, other] = await Promise.all([openBus(), openBus()]);
      [subscriber, owner] = [await testService(freshDatabase, 'subscriber', partitions), await testService(freshDatabase, 'owner', partitions)];
    }, 60_000);
    beforeEach(() => owner.reset());
    afterEach(() => Promise.all(running.splice(0).map((it) => it.stop())));
    afterAll(() => Promise.all([subscriber, owner].map((it) => it.close())), 60_000);

    /** A new owner of its own topic, what the subscriber holds of it, and how to start the two sides. */
    const play = async () => {
      const source = `owner${++sources}-${Date.now()}`;
      const topic = topicOf(source);
      const unhappened: number[] = [];
      const relay = (by = bus, silenceMs = 30_000): Relay => {
        const it = startRelay({ pool: owner.pool, bus: by, source, partitions, silenceMs, pollMs: 50 });
        running.push(it);
        return it;
      };
      const consumer = (by = bus): Consumer => {
        const it = startConsumer({
          bus: by,
          group,
          sources: [source],
          owner: owner.history,
          receiver: receiver(subscriber.pool),
          partitions,
          onUnhappened: (_, __, after, upTo) => unhappened.push(after, upTo),
        });
        running.push(it);
        return it;
      };
      const received = (): Promise<ReceivedRow[]> =>
        subscriber.query<ReceivedRow>('select seq, type, record, source_position from received where source = $1 order by seq', [source]);
      const history = (): Promise<{ record: string }[]> => owner.query('select record::text as record from events order by position');
      /** Until the subscriber holds all of the owner's history; then each event once, each partition in order. */
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
      /** What the relay would send, without a relay. */
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
      return { source, topic, relay, consumer, received, converged, records, unhappened };
    };

    it('brings each event of a history to its subscriber once, in the order of its key, with what the headers promise', async () => {
      const it = await play();
      await owner.append(1_234);
      it.relay();
      it.consumer();
      await it.converged();
      const [record] = await bus.tail(it.topic, 1);
      expect(record?.headers).toMatchObject({
        'content-type': 'application/cloudevents+json',
        traceparent: expect.stringMatching(/^00-a{32}-b{16}-01$/),
      });
      expect(record?.key).toMatch(/^0{8}-/);
      await owner.append(10);
      await it.converged();
    }, 60_000);

    it('does so with two relays and two consumers at once', async () => {
      const it = await play();
      [it.relay(bus), it.relay(other), it.consumer(bus), it.consumer(other)].forEach((each) => each.health());
      for (let n = 0; n < 20; n++) await owner.append(50);
      await it.converged();
    }, 60_000);

    it('notices a duplicate, old and new, and passes it over', async () => {
      const it = await play();
      await owner.append(60);
      const all = await it.records();
      await bus.publish(it.topic, [...all, ...all.slice(10, 30), ...all.slice(-3)]);
      const consumer = it.consumer();
      await it.converged();
      await until(
        () => consumer.counts(it.source).repeated === 23,
        () => consumer.counts(it.source),
      );
      expect(consumer.counts(it.source)).toMatchObject({ taken: 60, fetched: 0 });
    }, 60_000);

    it('notices a gap by prev-position and fetches what is missing from the owner, long ones in parts', async () => {
      const it = await play();
      await owner.append(900);
      const all = await it.records();
      // The first partition lacks its past, the others something in the middle.
      await bus.publish(
        it.topic,
        all.filter((record, n) => n > 860 || (record.partition !== 0 && n % 7 !== 3)),
      );
      const consumer = it.consumer();
      await it.converged();
      expect(consumer.counts(it.source)).toMatchObject({ taken: 900 });
      expect(consumer.counts(it.source).fetched).toBeGreaterThan(100);
    }, 60_000);

    it('notices the loss of the very last records when the relay repeats itself in silence', async () => {
      const it = await play();
      await owner.append(40);
      it.consumer();
      const relay = it.relay();
      await it.converged();
      await relay.stop();
      // Sent and acknowledged, and lost by the broker.
      await owner.append(20);
      await owner.query(`update checkpoints set position = 60 where name = 'relay'`);
      it.relay(bus, 300);
      await it.converged();
    }, 60_000);

    it('follows an owner that was restored into a new epoch: nothing skipped, nothing twice, what un-happened is reported', async () => {
      const it = await play();
      await owner.append(100);
      it.consumer();
      const relay = it.relay();
      await it.converged();
      await relay.stop();
      await owner.restore(80, true);
      await owner.append(30);
      it.relay();
      await it.converged();
      expect(it.unhappened).toContain(80);
      // Late words of the old life are dropped.
      const rows = await it.received();
      expect(rows).toHaveLength(130);
      expect(new Set(rows.map((row) => row.record)).size).toBe(130);
    }, 60_000);

    it('stores what is not JSON, passes over what is not ours, and hears on', async () => {
      const it = await play();
      await owner.append(40);
      const all = await it.records();
      const victim = all[20] as BusRecord;
      const garbage = Buffer.from([0, 255, 123, 34]);
      const like = (headers: Record<string, string>): BusRecord => ({ ...victim, headers: { ...victim.headers, ...headers } });
      await bus.publish(it.topic, [
        { ...victim, headers: {} },
        like({ position: 'first' }),
        like({ epoch: 'ffffffff-ffff-7fff-bfff-ffffffffffff' }),
        like({ epoch: '00000000-0000-7000-8000-000000000000' }),
        ...all.map((record) => (record === victim ? { ...record, value: garbage } : record)),
        like({ position: '4000', 'prev-position': '3999' }),
        { ...victim, value: Buffer.from('[[['), headers: { position: '', 'prev-position': '\0' } },
      ]);
      const consumer = it.consumer();
      await until(
        async () => (await it.received()).length === 40,
        () => consumer.counts(it.source),
      );
      const [stored] = (await it.received()).filter((row) => row.type === 'unreadable');
      expect(stored).toMatchObject({ source_position: 21, record: garbage.toString('base64') });
      await until(
        () => consumer.counts(it.source).foreign === 3,
        () => consumer.counts(it.source),
      );
      await owner.append(1);
      it.relay();
      await until(async () => (await it.received()).length === 41);
    }, 60_000);
  });
};
