import { describe, it } from '@jest/globals';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { watchSockets } from '../../../test/sockets.js';
import { openKafkaBus } from './kafka.bus.js';
import { busContract, type BusWorld } from './testing/bus.contract.js';

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

if (brokers) busContract('the Kafka bus', makeWorld, freshDatabase);
else describe('the Kafka bus', () => it.skip('needs a broker', () => undefined));
