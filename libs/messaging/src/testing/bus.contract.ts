import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BusRecord, DeliveredRecord, EventBus } from '../bus.js';
import { messagingContract } from './messaging.contract.js';
import { pause, until } from './until.js';

/** A bus as the contract needs it. */
export interface BusWorld {
  /** One process's connection to it. */
  open(): Promise<EventBus>;
  /** Breaks every connection that is open now, as a dying network does. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty database for a history; the test's own, so that this file needs no server. */
export type FreshDatabase = () => Promise<{ readonly url: string; drop(): Promise<void> }>;

const text = (partition: number, value: string, key?: string): BusRecord => ({
  partition,
  key,
  value: Buffer.from(value),
  headers: { position: value },
});
const values = (records: readonly DeliveredRecord[]): string[] => records.map((it) => it.value.toString());
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Texts `from` to `from + count - 1`, each in the partition after the one before. */
const spread = (partitions: number, count: number, from = 0): BusRecord[] => range(count).map((n) => text((from + n) % partitions, String(from + n)));

let topics = 0;
/** On a broker that outlives the run, a group may still have members of a run that was killed. */
const run = Date.now();

/** What every bus must do; relay and consumer are walked over it too. */
export const busContract = (name: string, makeWorld: () => Promise<BusWorld>, freshDatabase: FreshDatabase): void => {
  describe(name, () => {
    let world: BusWorld;
    let bus: EventBus;
    const opened: EventBus[] = [];
    const another = async (): Promise<EventBus> => {
      const it = await world.open();
      opened.push(it);
      return it;
    };
    const newTopic = async (partitions = 3): Promise<string> => {
      const topic = `guanxi.contract${++topics}-${run}.v1`;
      await bus.ensureTopic(topic, partitions);
      return topic;
    };
    /** Consumes into a list until the test's end. */
    const collect = async (
      from: EventBus,
      group: string,
      topic: string,
      before: (record: DeliveredRecord) => Promise<void> = () => Promise.resolve(),
    ) => {
      const heard: DeliveredRecord[] = [];
      const subscription = await from.consume(`${group}-${run}`, [topic], async ({ records }) => {
        for (const record of records) await before(record);
        heard.push(...records);
      });
      return { heard, close: () => subscription.close() };
    };

    beforeAll(async () => {
      world = await makeWorld();
      bus = await another();
    }, 60_000);
    afterAll(async () => {
      await Promise.all(opened.map((it) => it.close()));
      await world.close();
    }, 60_000);

    it('hands records on as they were sent: key, headers and any bytes', async () => {
      const topic = await newTopic();
      const sent: BusRecord[] = [
        { partition: 0, key: '客户', value: Buffer.from('{"a":"复"}'), headers: { position: '1', traceparent: '00-x' } },
        { partition: 0, key: undefined, value: Buffer.from([0, 255, 254, 34, 92, 10]), headers: {} },
        { partition: 0, key: 'k', value: Buffer.alloc(0), headers: { 'prev-position': '"\\\'' } },
      ];
      await bus.publish(topic, sent);
      const { heard, close } = await collect(bus, 'all', topic);
      await until(() => heard.length === 3);
      expect(heard.map(({ partition, key, value, headers }) => ({ partition, key, value, headers }))).toEqual(sent);
      expect(Math.abs((heard[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
      await close();
    }, 60_000);

    it('keeps the order of each partition, over many publications', async () => {
      const topic = await newTopic();
      for (const n of range(10)) await bus.publish(topic, spread(3, 60, n * 60));
      const { heard, close } = await collect(bus, 'all', topic);
      await until(
        () => heard.length === 600,
        () => heard.length,
      );
      for (const partition of range(3))
        expect(values(heard.filter((it) => it.partition === partition))).toEqual(
          range(600)
            .filter((i) => i % 3 === partition)
            .map(String),
        );
      await close();
    }, 60_000);

    it('loses nothing while many send to the same partitions and others read', async () => {
      const topic = await newTopic(2);
      const { heard, close } = await collect(bus, 'all', topic);
      const senders = await Promise.all(range(4).map(another));
      await Promise.all(
        senders.map(async (sender, who) => {
          for (const n of range(40)) await sender.publish(topic, [text(0, `${who} ${n}`), text(1, `${who} ${n}`)]);
        }),
      );
      await until(
        () => heard.length >= 320,
        () => heard.length,
      );
      for (const partition of range(2))
        for (const who of range(4)) {
          const of = values(heard.filter((it) => it.partition === partition)).filter((it) => it.startsWith(`${who} `));
          expect(of).toEqual(range(40).map((n) => `${who} ${n}`));
        }
      await close();
    }, 60_000);

    it('gives every group everything, also what was sent before it came', async () => {
      const topic = await newTopic(1);
      await bus.publish(topic, [text(0, 'early')]);
      const groups = await Promise.all(['a', 'b'].map((group) => collect(bus, group, topic)));
      await until(() => groups.every(({ heard }) => heard.length === 1));
      await bus.publish(topic, [text(0, 'late')]);
      await until(() => groups.every(({ heard }) => heard.length === 2));
      for (const { heard, close } of groups) {
        expect(values(heard)).toEqual(['early', 'late']);
        await close();
      }
    }, 60_000);

    it('gives the same records again where they could not be handled, and other partitions meanwhile', async () => {
      const topic = await newTopic(2);
      let refusals = 0;
      const { heard, close } = await collect(bus, 'fails', topic, async ({ partition }) => {
        if (partition === 0 && ++refusals <= 3) throw new Error('not now');
        await pause(1);
      });
      await bus.publish(topic, [text(0, 'a'), text(0, 'b'), text(1, 'c')]);
      await until(
        () => heard.length === 3,
        () => values(heard),
      );
      expect(values(heard.filter((it) => it.partition === 0))).toEqual(['a', 'b']);
      expect(heard[0]?.partition).toBe(1);
      await close();
    }, 60_000);

    it('gives what a consumer had not settled again when its connections break, to it or to another one', async () => {
      const topic = await newTopic(1);
      const [one, two] = [await another(), await another()];
      let fail = (_error: Error): void => undefined;
      const held = new Promise<void>((_, reject) => (fail = reject));
      let [reached, broken] = [false, false];
      const first = await collect(one, 'breaks', topic, () => {
        reached = true;
        return broken ? Promise.resolve() : held;
      });
      await bus.publish(topic, [text(0, 'a'), text(0, 'b')]);
      await until(() => reached);
      const second = await collect(two, 'breaks', topic);
      await world.cut();
      broken = true;
      fail(new Error('broken'));
      const both = (): string[] => values([...first.heard, ...second.heard]);
      await until(() => both().length >= 2, both);
      expect(both().slice(0, 2)).toEqual(['a', 'b']);
      await first.close();
      await second.close();
    }, 60_000);

    it('sends and hears on after its connections broke', async () => {
      const topic = await newTopic(1);
      const { heard, close } = await collect(bus, 'stays', topic);
      await bus.publish(topic, [text(0, 'before')]);
      await until(() => heard.length === 1);
      await world.cut();
      // A sender begins again by itself; here it may take a few times.
      const send = (): Promise<boolean> =>
        bus.publish(topic, [text(0, 'after')]).then(
          () => true,
          () => false,
        );
      await until(send);
      await until(
        () => values(heard).includes('after'),
        () => values(heard),
      );
      await close();
    }, 60_000);

    it('shares a group’s partitions between its consumers, each with one at a time, and one takes over what another leaves', async () => {
      const topic = await newTopic(8);
      const busy = new Set<number>();
      let overlaps = 0;
      const share = async (): Promise<{ heard: string[]; close(): Promise<void> }> => {
        const heard: string[] = [];
        const mine = await another();
        const subscription = await mine.consume(`shared-${run}`, [topic], async ({ partition, records }) => {
          if (busy.has(partition)) overlaps++;
          busy.add(partition);
          await pause(20);
          heard.push(...values(records));
          busy.delete(partition);
        });
        return { heard, close: () => subscription.close() };
      };
      const [one, two] = [await share(), await share()];
      const both = (): string[] => [...one.heard, ...two.heard];
      for (const n of range(8)) await bus.publish(topic, spread(8, 80, n * 80));
      await until(
        () => new Set(both()).size === 640,
        () => [one.heard.length, two.heard.length],
        40_000,
      );
      expect(Math.min(one.heard.length, two.heard.length)).toBeGreaterThan(0);
      expect(overlaps).toBe(0);
      await one.close();
      await bus.publish(topic, spread(8, 8, 640));
      await until(() => new Set(both()).size === 648);
      await two.close();
    }, 90_000);

    it('tells the last records of each partition', async () => {
      const topic = await newTopic(3);
      expect(await bus.tail(topic, 2)).toEqual([]);
      await bus.publish(topic, [text(0, 'a'), text(0, 'b'), text(0, 'c'), text(2, 'd')]);
      const tail = await bus.tail(topic, 2);
      expect(tail.map((it) => `${it.partition}${it.value.toString()}`)).toEqual(['0b', '0c', '2d']);
    }, 60_000);

    it('refuses a topic with another number of partitions, and records for no partition of it', async () => {
      const topic = await newTopic(3);
      await bus.ensureTopic(topic, 3);
      await expect(bus.ensureTopic(topic, 4)).rejects.toThrow('3 partitions');
      await expect(bus.publish(topic, [text(3, 'a')])).rejects.toThrow();
      await expect(bus.publish('guanxi.nobody.v1', [text(0, 'a')])).rejects.toThrow();
      expect(await bus.tail(topic, 1)).toEqual([]);
    }, 60_000);

    messagingContract(() => another(), freshDatabase);
  });
};
