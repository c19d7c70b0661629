import { describe } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { openPostgresBus } from './postgres.bus.js';
import { republishContract } from './testing/republish.contract.js';

describe('history that is sent once more, on the PostgreSQL bus,', () => {
  let database: FreshDatabase;
  const forget = async (): Promise<void> => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('truncate bus_topics, bus_messages, bus_offsets');
    await client.end();
  };
  const open = async () => {
    database = await freshDatabase();
    const bus = await openPostgresBus(database.url, { pollMs: 200 });
    return { ...bus, close: () => bus.close().then(() => database.drop()) };
  };
  republishContract({ open, forget }, freshDatabase);
});
