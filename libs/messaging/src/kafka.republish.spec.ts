import { describe, it } from '@jest/globals';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { openKafkaBus } from './kafka.bus.js';
import { kafkaClient } from './kafka.client.js';
import { republishContract } from './testing/republish.contract.js';

const brokers = await kafkaBrokers();

describe('history that is sent once more, on Kafka,', () => {
  if (!brokers) return it.skip('needs a broker', () => undefined);
  const address = { brokers, clientId: 'republish' };
  const forget = async (topic: string): Promise<void> => {
    const admin = kafkaClient(address, 3).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  };
  republishContract({ open: () => Promise.resolve(openKafkaBus(address)), forget }, freshDatabase);
});
