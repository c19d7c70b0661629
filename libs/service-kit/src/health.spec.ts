import { describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { databaseHealth, healthOf } from './health.js';

const part = (name: string, ready: boolean) => ({ name, ready, lagMs: 0, reason: ready ? '' : 'no' });

describe('readiness', () => {
  it('is that of every part', async () => {
    expect(await healthOf({ a: () => [part('a', true)], b: () => Promise.resolve([part('b', true)]) })()).toMatchObject({ ready: true });
    expect(await healthOf({ a: () => [part('a', true), part('c', false)] })()).toMatchObject({ ready: false });
  });
  it('misses a part that cannot be asked, and still shows the others', async () => {
    const health = await healthOf({ a: () => [part('a', true)], b: () => Promise.reject(new Error('of somebody')) })();
    expect(health).toEqual({ ready: false, parts: [part('a', true), { name: 'b', ready: false, lagMs: 0, reason: 'cannot be asked' }] });
  });
  it('asks the database and compares its clock with ours', async () => {
    const database = await freshDatabase();
    const pool = new Pool({ connectionString: database.url, max: 1 });
    pool.on('error', () => undefined);
    expect(await databaseHealth(pool)()).toMatchObject([
      { name: 'database', ready: true },
      { name: 'clock', ready: true, reason: '' },
    ]);
    const real = Date.now;
    Date.now = () => real() + 10_000;
    const skewed = await databaseHealth(pool)();
    Date.now = real;
    expect(skewed[1]).toMatchObject({ name: 'clock', ready: false, reason: expect.stringMatching(/^(9|10)\d{3} ms away/) as unknown as string });
    await pool.end();
    const gone = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', connectionTimeoutMillis: 500 });
    expect(await databaseHealth(gone)()).toMatchObject([{ name: 'database', ready: false, reason: 'does not answer' }]);
    await database.drop();
  });
});
