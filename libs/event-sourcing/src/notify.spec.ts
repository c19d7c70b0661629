import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { listen, notifier } from './notify.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('what processes on one database tell each other', () => {
  let database: FreshDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = new Pool({ connectionString: database.url });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('is heard at once, many calls as few words', async () => {
    const heard: string[] = [];
    const listener = listen(database.url, ['guanxi_head'], (channel) => heard.push(channel));
    while (heard.length === 0) await pause(5);
    const notify = notifier(pool, 'guanxi_head');
    for (let n = 0; n < 100; n++) notify();
    await pause(150);
    // The one at the connection, one at once, one for the rest.
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.length).toBeLessThan(5);
    await listener.close();
  });

  it('comes back by itself after a lost connection, and says that something may have been missed', async () => {
    const heard: [string, string | undefined][] = [];
    const listener = listen(database.url, ['guanxi_head', 'guanxi_received'], (channel, payload) => heard.push([channel, payload]));
    while (heard.length < 2) await pause(5);
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`);
    while (heard.length < 4) await pause(20);
    expect(heard.slice(2)).toEqual([
      ['guanxi_head', undefined],
      ['guanxi_received', undefined],
    ]);
    await pool.query(`select pg_notify('guanxi_received', '7')`);
    while (heard.length < 5) await pause(5);
    expect(heard[4]).toEqual(['guanxi_received', '7']);
    await listener.close();
  });

  it('closes though there is nobody to connect to', async () => {
    const listener = listen('postgres://nobody@127.0.0.1:1/none', ['guanxi_head'], () => undefined);
    await pause(50);
    await listener.close();
  });
});
