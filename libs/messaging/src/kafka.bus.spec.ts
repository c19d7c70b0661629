import { describe, expect, it } from '@jest/globals';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { watchSockets } from '../../../test/sockets.js';
import { openKafkaBus } from './kafka.bus.js';
import { busContract, type BusWorld } from './testing/bus.contract.js';
import { pause, until } from './testing/until.js';

const brokers = await kafkaBrokers();
const sockets = watchSockets();

const makeWorld = (): Promise<BusWorld> => {
  const ports = (brokers ?? []).map((it) => Number(it.split(':').at(-1)));
  return Promise.resolve({
    open: () => Promise.resolve(openKafkaBus({ brokers: brokers ?? [], clientId: 'contract' })),
    cut: () => Promise.resolve(sockets.cut(ports)),
    close: () => Promise.resolve(),
  });
};

if (brokers) {
  busContract('the Kafka bus', makeWorld, freshDatabase);

  describe('the Kafka bus, of itself', () => {
    it.each(['none', 'gzip', 'zstd'] as const)(
      'packs with %s and opens what others packed',
      async (compression) => {
        const [bus, other] = [
          openKafkaBus({ brokers, clientId: 'packs', compression }),
          openKafkaBus({ brokers, clientId: 'packs', compression: 'zstd' }),
        ];
        const topic = `guanxi.packs-${compression}-${Date.now()}.v1`;
        await bus.ensureTopic(topic, 1);
        const record = (text: string) => ({ partition: 0, key: '客户', value: Buffer.from(text.repeat(1_000)), headers: { position: '1' } });
        await bus.publish(topic, [record('a'), record('b')]);
        await other.publish(topic, [record('c')]);
        const tail = await bus.tail(topic, 2);
        expect(tail.map(({ offset, key, value, headers }) => ({ offset, key, value, headers }))).toEqual(
          ['b', 'c'].map((it, n) => ({ offset: n + 1, key: '客户', value: record(it).value, headers: { position: '1' } })),
        );
        await Promise.all([bus.close(), other.close()]);
      },
      60_000,
    );

    it('hands nothing out twice where a consumer was closed and comes again', async () => {
      const bus = openKafkaBus({ brokers, clientId: 'again' });
      const topic = `guanxi.again-${Date.now()}.v1`;
      await bus.ensureTopic(topic, 1);
      const heard: string[] = [];
      for (const value of ['a', 'b', 'c']) {
        await bus.publish(topic, [{ partition: 0, key: undefined, value: Buffer.from(value), headers: {} }]);
        const subscription = await bus.consume(topic, [topic], ({ records }) =>
          Promise.resolve(void heard.push(...records.map((it) => it.value.toString()))),
        );
        await until(() => heard.includes(value));
        await subscription.close();
      }
      expect(heard).toEqual(['a', 'b', 'c']);
      await bus.close();
    }, 60_000);

    it('leaves nobody waiting where it is closed in the middle of its joining', async () => {
      const bus = openKafkaBus({ brokers, clientId: 'leaves' });
      const topic = `guanxi.leaves-${Date.now()}.v1`;
      await bus.ensureTopic(topic, 1);
      await bus.publish(topic, [{ partition: 0, key: undefined, value: Buffer.from('a'), headers: {} }]);
      let heard = 0;
      const consume = () => bus.consume(topic, [topic], () => Promise.resolve(void heard++));
      for (const ms of [10, 20, 40, 80]) {
        const subscription = await consume();
        await pause(ms);
        await subscription.close();
      }
      const left = heard;
      await bus.publish(topic, [{ partition: 0, key: undefined, value: Buffer.from('b'), headers: {} }]);
      await consume();
      // A member that went without a word is waited for until its session ends, 30 s.
      await until(
        () => heard > left,
        () => heard,
        10_000,
      );
      await bus.close();
    }, 60_000);

    it('starts and closes though no broker answers', async () => {
      const errors: unknown[] = [];
      const bus = openKafkaBus({ brokers: ['127.0.0.1:1'], clientId: 'alone', onError: (error) => errors.push(error) });
      await bus.consume('alone', ['guanxi.alone.v1'], () => Promise.resolve());
      await expect(bus.publish('guanxi.alone.v1', [{ partition: 0, key: undefined, value: Buffer.from('a'), headers: {} }])).rejects.toThrow(
        'ECONNREFUSED',
      );
      await expect(bus.tail('guanxi.alone.v1', 1)).rejects.toThrow('ECONNREFUSED');
      await until(() => errors.length > 0);
      expect(Date.now() - bus.lastActivity()).toBeLessThan(10_000);
      const before = Date.now();
      await bus.close();
      expect(Date.now() - before).toBeLessThan(10_000);
    }, 60_000);
  });
} else describe('the Kafka bus', () => it.skip('needs a broker', () => undefined));
