import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import type { BusRecord, DeliveredRecord } from './bus.js';
import { openKafkaBus, type KafkaBus, type KafkaBusOptions } from './kafka.bus.js';
import { openStage, type Stage } from './testing/stage.js';
import { pause, until } from './testing/until.js';

const brokers = await kafkaBrokers();
/** The least that a broker allows which nobody has set for tests is 6 s. */
const sessionTimeoutMs = process.env.KAFKA_BROKERS ? 6_000 : 1_500;
const { CompressionCodecs, CompressionTypes } = kafkajs;

const text = (partition: number, value: string): BusRecord => ({ partition, key: undefined, value: Buffer.from(value), headers: {} });
const values = (records: readonly DeliveredRecord[]): string[] => records.map((it) => it.value.toString());

/** LZ4's frame around bytes as they are: kafkajs cannot open it, every other client can. */
const lz4 = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((bytes.length | 0x80000000) >>> 0);
  return Buffer.concat([Buffer.from('04224d18604082', 'hex'), size, bytes, Buffer.alloc(4)]);
};

const consumers = (addresses: string[]): void => {
  const opened: KafkaBus[] = [];
  const errors: unknown[] = [];
  const open = (options: Partial<KafkaBusOptions> = {}): KafkaBus => {
    const bus = openKafkaBus({ brokers: addresses, clientId: 'consumers', sessionTimeoutMs, onError: (error) => errors.push(error), ...options });
    opened.push(bus);
    return bus;
  };
  const client = (): kafkajs.Kafka => new kafkajs.Kafka({ brokers: addresses, logLevel: kafkajs.logLevel.NOTHING });
  /** What a sender does that is not of ours. */
  const foreign = async (batch: kafkajs.ProducerRecord): Promise<void> => {
    const producer = client().producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send(batch);
    await producer.disconnect();
  };
  const administer = async (what: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> => {
    const admin = client().admin();
    await admin.connect();
    await what(admin);
    await admin.disconnect();
  };
  let names = 0;
  const newName = (): string => `consumers${++names}-${Date.now()}`;
  const newTopic = async (bus: KafkaBus, partitions: number): Promise<string> => {
    const topic = `guanxi.${newName()}.v1`;
    await bus.ensureTopic(topic, partitions);
    return topic;
  };
  let stage: Stage;
  const unknown = CompressionCodecs[CompressionTypes.LZ4];

  beforeAll(async () => {
    stage = await openStage(freshDatabase, open());
    CompressionCodecs[CompressionTypes.LZ4] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(lz4(buffer)),
      decompress: () => Promise.reject(new kafkajs.KafkaJSNonRetriableError('kafkajs knows no LZ4')),
    });
  }, 60_000);
  afterEach(() => stage.rest());
  afterAll(async () => {
    CompressionCodecs[CompressionTypes.LZ4] = unknown;
    await Promise.all(opened.map((it) => it.close()));
    await stage.close();
  }, 60_000);

  it('a handler that takes longer than the session keeps its partition, and the others go on meanwhile', async () => {
    const bus = open();
    const topic = await newTopic(bus, 2);
    const heard: DeliveredRecord[] = [];
    const subscription = await bus.consume(newName(), [topic], async ({ partition, records }) => {
      heard.push(...records);
      if (partition === 0 && heard.length === 1) await pause(sessionTimeoutMs * 2);
    });
    await bus.publish(topic, [text(0, 'slow')]);
    await until(() => heard.length === 1);
    for (let n = 0; n < 4; n++) {
      await bus.publish(topic, [text(1, String(n))]);
      await until(
        () => values(heard).includes(String(n)),
        () => values(heard),
        1_500,
      );
      await pause(sessionTimeoutMs / 2);
    }
    await bus.publish(topic, [text(0, 'next')]);
    await until(() => values(heard).includes('next'));
    expect(values(heard).toSorted()).toEqual(['0', '1', '2', '3', 'next', 'slow']);
    await subscription.close();
  }, 60_000);

  it('a handler is told at its next heartbeat that its partition may be another’s, and what it did not settle comes again', async () => {
    const [one, two, group] = [open(), open(), newName()];
    const topic = await newTopic(one, 2);
    const heard: DeliveredRecord[] = [];
    let told: unknown;
    let shared = (): void => undefined;
    const rebalanced = new Promise<void>((resolve) => (shared = resolve));
    const first = await one.consume(group, [topic], async ({ records, heartbeat }) => {
      await rebalanced;
      if (!told) await heartbeat().catch((error: Error) => Promise.reject((told = error)));
      heard.push(...records);
    });
    await one.publish(topic, [text(0, 'a')]);
    await pause(1_000);
    const second = await two.consume(group, [topic], ({ records }) => {
      shared();
      heard.push(...records);
      return Promise.resolve();
    });
    await one.publish(topic, [text(0, 'b'), text(1, 'c')]);
    await until(() => told !== undefined);
    await until(() => new Set(values(heard)).size === 3);
    await Promise.all([first.close(), second.close()]);
  }, 60_000);

  it('tries what cannot be handled again ever more slowly', async () => {
    const bus = open();
    const topic = await newTopic(bus, 1);
    let tries = 0;
    const subscription = await bus.consume(newName(), [topic], () => {
      tries++;
      return Promise.reject(new Error('not now'));
    });
    await bus.publish(topic, [text(0, 'a')]);
    await until(() => tries > 1);
    await pause(2_000);
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(8);
    await subscription.close();
  }, 60_000);

  it('takes over from a member that died without a word', async () => {
    const [bus, group] = [open(), newName()];
    const topic = await newTopic(bus, 2);
    await bus.publish(topic, [text(0, 'a'), text(1, 'b')]);
    // For the broker one that hangs is one that died: no heartbeat comes.
    const mortal = client().consumer({ groupId: group, sessionTimeout: sessionTimeoutMs, heartbeatInterval: 100, retry: { retries: 0 } });
    let [reached, release] = [false, (): void => undefined];
    await mortal.connect();
    await mortal.subscribe({ topics: [topic], fromBeginning: true });
    await mortal.run({
      eachBatch: () => {
        reached = true;
        return new Promise((resolve) => (release = resolve));
      },
    });
    await until(() => reached);
    const heard: DeliveredRecord[] = [];
    const subscription = await bus.consume(group, [topic], ({ records }) => Promise.resolve(void heard.push(...records)));
    await until(
      () => heard.length === 2,
      () => values(heard),
    );
    release();
    await Promise.all([subscription.close(), mortal.disconnect()]);
  }, 90_000);

  it('says that only a new process helps where a handler hangs without a heartbeat, and no sooner', async () => {
    const reasons: string[] = [];
    const bus = open({ silenceMs: 1_200, onStopped: (reason) => reasons.push(reason) });
    const topic = await newTopic(bus, 1);
    let release = (): void => undefined;
    let busy = true;
    const subscription = await bus.consume(newName(), [topic], async ({ heartbeat }) => {
      for (let n = 0; n < 8; n++) {
        await heartbeat();
        await pause(300);
      }
      busy = false;
      await new Promise<void>((resolve) => (release = resolve));
    });
    await bus.publish(topic, [text(0, 'a')]);
    await until(() => !busy);
    expect(reasons).toEqual([]);
    await until(() => reasons.length > 0);
    expect(reasons).toEqual([expect.stringContaining('1200 ms')]);
    expect(Date.now() - bus.lastActivity()).toBeGreaterThanOrEqual(1_000);
    release();
    await subscription.close();
  }, 60_000);

  it('passes over what is not of ours and hears on: no headers, no value, packed so that we cannot open it, larger than Kafka likes', async () => {
    const it = await stage.play();
    await stage.owner.append(20);
    // Random, so that packing does not make it small.
    await stage.owner.query(`update events set record = json_build_object('type', 't', 'id', position, 'data',
      (select string_agg(md5(random()::text), '') from generate_series(1, 100000))) where position = 7`);
    const strange = { key: Buffer.from([0xff, 0x00]), headers: { position: ['1', '2'], epoch: Buffer.from([0xff]) } };
    await foreign({ topic: it.topic, messages: [0, 1, 2, 3, 4].map((partition) => ({ partition, value: null, ...strange })) });
    await foreign({ topic: it.topic, messages: [{ partition: 0, value: 'packed' }], compression: CompressionTypes.LZ4 });
    const consumer = it.consumer();
    it.relay();
    await it.converged();
    expect(consumer.counts(it.source)).toMatchObject({ taken: 20, foreign: 6 });
    expect(it.errors).toEqual([]);
  }, 60_000);

  it('sets no timer again and again while there is nothing to do', async () => {
    const bus = open();
    const topic = await newTopic(bus, 1);
    await bus.publish(topic, [text(0, 'a')]);
    let heard = 0;
    const subscription = await bus.consume(newName(), [topic], () => Promise.resolve(void heard++));
    await until(() => heard > 0);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await pause(1_000);
    const set = timers.mock.calls.length;
    timers.mockRestore();
    // Without the patch it was 2,500.
    expect(set).toBeLessThan(50);
    await subscription.close();
  }, 60_000);

  it('comes again after what kafkajs takes for the end', async () => {
    const bus = open();
    const topic = `guanxi.${newName()}.v1`;
    // Without our settings: what a sender packs stays packed.
    await administer((admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }));
    const heard: DeliveredRecord[] = [];
    errors.length = 0;
    const subscription = await bus.consume(newName(), [topic], ({ records }) => Promise.resolve(void heard.push(...records)));
    await foreign({ topic, messages: [{ partition: 0, value: 'packed' }], compression: CompressionTypes.LZ4 });
    await until(() => errors.length > 2);
    expect(String(errors[0])).toContain('LZ4');
    await administer(async (admin) => {
      // kafkajs deletes nothing in a topic that it has not looked at.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    });
    await bus.publish(topic, [text(0, 'a')]);
    await until(
      () => values(heard).includes('a'),
      () => values(heard),
    );
    await subscription.close();
  }, 60_000);
};

if (brokers) describe('a consumer of Kafka', () => consumers(brokers));
else describe('a consumer of Kafka', () => it.skip('needs a broker', () => undefined));
