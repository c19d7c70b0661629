import { describe, it } from '@jest/globals';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { openKafkaBus } from './kafka.bus.js';
import { openPostgresBus } from './postgres.bus.js';
import { checkpointsContract } from './testing/checkpoints.contract.js';

const brokers = await kafkaBrokers();

checkpointsContract('the PostgreSQL bus', (url) => openPostgresBus(url, { pollMs: 20 }), freshDatabase);
if (brokers) checkpointsContract('Kafka', () => Promise.resolve(openKafkaBus({ brokers, clientId: 'checkpoints' })), freshDatabase);
else describe.skip('signed checkpoints on Kafka', () => it('needs a broker', () => undefined));
