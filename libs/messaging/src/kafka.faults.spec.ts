import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { ownKafka, type OwnKafka } from '../../../test/own-kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { watchSockets } from '../../../test/sockets.js';
import { openKafkaBus, type KafkaBus, type KafkaBusOptions } from './kafka.bus.js';
import { openStage, type Stage } from './testing/stage.js';
import { pause, until } from './testing/until.js';

const kafka = await ownKafka({ 'group.min.session.timeout.ms': 500 });
const sockets = watchSockets();

const faults = ({ port, ...broker }: OwnKafka): void => {
  const opened: KafkaBus[] = [];
  const stopped: string[] = [];
  const open = (options: Partial<KafkaBusOptions> = {}): KafkaBus => {
    const bus = openKafkaBus({
      ...{ brokers: [`127.0.0.1:${port}`], clientId: 'faults', sessionTimeoutMs: 3_000, ...options },
      onStopped: (reason) => stopped.push(reason),
    });
    opened.push(bus);
    return bus;
  };
  const administer = async (what: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> => {
    const admin = new kafkajs.Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await what(admin);
    await admin.disconnect();
  };
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(freshDatabase, open());
  }, 60_000);
  afterEach(async () => {
    await stage.rest();
    // None of these faults needs a new process.
    expect(stopped).toEqual([]);
  }, 30_000);
  afterAll(async () => {
    await Promise.all(opened.map((it) => it.close()));
    await stage.close();
    await broker.close();
  }, 60_000);

  it('a broker that is killed and comes back: both sides go on by themselves', async () => {
    const it = await stage.play();
    await stage.owner.append(50);
    const [relay, consumer] = [it.relay(), it.consumer()];
    await it.converged();
    await broker.kill();
    await stage.owner.append(50);
    await until(() => relay.health().reason !== '' && it.errors.length > 0);
    await broker.start();
    await it.converged();
    expect(consumer.counts(it.source)).toMatchObject({ taken: 100, fetched: 0 });
  }, 60_000);

  it('a broker that lost the last that was sent: the relay repeats itself in silence, the consumer fetches the rest', async () => {
    const it = await stage.play();
    await stage.owner.append(40);
    const [relay, consumer] = [it.relay(), it.consumer()];
    await it.converged();
    await consumer.stop();
    await broker.stop();
    broker.keep();
    await broker.start();
    const head = await stage.owner.append(30);
    await until(async () => (await stage.owner.query<{ position: number }>('select position from checkpoints'))[0]?.position === head);
    await relay.stop();
    await broker.kill();
    broker.restore();
    await broker.start();
    const again = it.consumer();
    it.relay(open(), 300);
    await it.converged();
    expect(again.counts(it.source).fetched).toBeGreaterThan(0);
  }, 90_000);

  it('a topic that is deleted is made again, and both sides find it', async () => {
    const it = await stage.play();
    await stage.owner.append(40);
    it.relay();
    it.consumer();
    await it.converged();
    await administer((admin) => admin.deleteTopics({ topics: [it.topic] }));
    await stage.owner.append(20);
    await it.converged();
    await stage.owner.append(60);
    await it.converged();
  }, 60_000);

  it('connections that break again and again', async () => {
    const it = await stage.play();
    it.relay();
    it.consumer();
    for (let n = 0; n < 12; n++) {
      await stage.owner.append(40);
      await pause(100 + 50 * (n % 4));
      sockets.cut([port]);
    }
    await it.converged();
  }, 60_000);

  it('consumers that come and go while events flow', async () => {
    const it = await stage.play();
    it.relay();
    const buses = [open(), open(), open()];
    let last = it.consumer(buses[0]);
    for (let n = 1; n < 6; n++) {
      const next = it.consumer(buses[n % 3]);
      for (let m = 0; m < 8; m++) {
        await stage.owner.append(15);
        await pause(60);
      }
      await last.stop();
      last = next;
    }
    await it.converged();
  }, 60_000);

  it('a relay that was taken for dead between reading and sending: what it sends late is old to everybody', async () => {
    const it = await stage.play();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holds = false;
    const bus = open();
    const slow = async (...args: Parameters<KafkaBus['publish']>): Promise<void> => {
      holds = true;
      await held;
      await bus.publish(...args);
    };
    await stage.owner.append(30);
    const zombie = it.relay({ ...bus, publish: slow });
    await until(() => holds);
    // As its transaction's timeout does.
    await stage.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`);
    it.relay();
    const consumer = it.consumer();
    await stage.owner.append(30);
    await it.converged();
    release();
    await until(
      () => consumer.counts(it.source).repeated >= 30,
      () => consumer.counts(it.source),
    );
    await stage.owner.append(30);
    await it.converged();
    await zombie.stop();
  }, 60_000);
};

if (kafka) describe('Kafka and its faults', () => faults(kafka));
else describe('Kafka and its faults', () => it.skip('need a broker of their own', () => undefined));
