import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BusRecord, EventBus } from '../bus.js';
import type { FreshDatabase } from './bus.contract.js';
import type { TestService } from './owner.js';
import { openStage, type Stage } from './stage.js';
import { until } from './until.js';

/** Relay and consumer over a bus: two services on real PostgreSQL, one hears the other. */
export const messagingContract = (openBus: () => Promise<EventBus>, freshDatabase: FreshDatabase): void => {
  describe('with a relay and a consumer', () => {
    let bus: EventBus;
    let other: EventBus;
    let stage: Stage;
    let owner: TestService;

    beforeAll(async () => {
      [bus, other] = await Promise.all([openBus(), openBus()]);
      stage = await openStage(freshDatabase, bus);
      owner = stage.owner;
    }, 60_000);
    afterEach(() => stage.rest());
    afterAll(() => stage.close(), 60_000);

    it('brings each event of a history to its subscriber once, in the order of its key, with what the headers promise', async () => {
      const it = await stage.play();
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
      const it = await stage.play();
      [it.relay(bus), it.relay(other), it.consumer(bus), it.consumer(other)].forEach((each) => each.health());
      for (let n = 0; n < 20; n++) await owner.append(50);
      await it.converged();
    }, 60_000);

    it('notices a duplicate, old and new, and passes it over', async () => {
      const it = await stage.play();
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
      const it = await stage.play();
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
      const it = await stage.play();
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
      const it = await stage.play();
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
      const it = await stage.play();
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
