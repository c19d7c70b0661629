import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type FreshDatabase } from './postgres.js';

describe('the tests’ own PostgreSQL', () => {
  let database: FreshDatabase;
  beforeAll(async () => (database = await freshDatabase()));
  afterAll(() => database.drop());

  it('is a real one of version 17 or newer', async () => {
    const client = new Client(database.url);
    await client.connect();
    const { rows } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
    expect(rows[0]?.version).toBeGreaterThanOrEqual(170000);
    await client.end();
  });

  it('gives each test a database of its own and drops it though somebody is connected', async () => {
    const other = await freshDatabase();
    const [mine, theirs] = [new Client(database.url), new Client(other.url)];
    theirs.on('error', () => {});
    await Promise.all([mine.connect(), theirs.connect()]);
    await theirs.query('create table fact (it text)');
    await expect(mine.query('select * from fact')).rejects.toThrow('does not exist');
    await other.drop();
    const { rows } = await mine.query('select 1 from pg_database where datname = $1', [new URL(other.url).pathname.slice(1)]);
    expect(rows).toEqual([]);
    await mine.end();
  });
});
