import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import type { Execute } from './policies.js';
import { types, type Told } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { payLater, shop } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const paying = { ...shop, policies: [payLater] };
const due = (stream: string, ms: number): Told => ({
  stream,
  version: 1,
  event: { orderPlaced: { accountId: 'a', amount: '5', placedAt: new Date(Date.now() + ms).toISOString(), tags: [] } },
});

describe('a timed command', () => {
  it('is executed once when it is due, however many tickers there are', async () => {
    const { append, start, pool, pay } = await setUp(paying);
    const sent: string[] = [];
    const counting: Execute = (decider, method, command, caller) => {
      sent.push(caller.idempotencyKey);
      return pay(decider, method, command, caller);
    };
    const processes = await Promise.all([start(counting), start(counting), start(counting)]);
    const streams = Array.from({ length: 60 }, () => randomUUID());
    const head = await append(streams.map((it, n) => due(it, n * 10)));
    processes[0]?.appended(head);
    const paid = async (): Promise<{ subject: string }[]> =>
      (await pool.query<{ subject: string }>('select record->>$2 as subject from events where type = $1', [types.paid, 'subject'])).rows;
    await until(async () => (await paid()).length >= streams.length);
    await until(async () => (await pool.query('select from timers')).rowCount === 0);
    expect(new Set((await paid()).map((it) => it.subject))).toEqual(new Set(streams.map((it) => `it/${it}`)));
    expect((await paid()).length).toBe(streams.length);
    expect(new Set(sent).size).toBe(streams.length);
  });

  it('waits for its time by PostgreSQL’s clock, and is not written twice when its event is folded again', async () => {
    const { append, start, pool } = await setUp(paying);
    const views = await start();
    const head = await append([due(randomUUID(), 3_600_000)]);
    views.appended(head);
    await views.settled([types.placed], head);
    expect((await pool.query(`select policy, command, request from timers`)).rows).toMatchObject([
      { policy: 'pay-later', command: 'guanxi.shop.v1.OrderCommands/payOrder' },
    ]);
    await pool.query(`update checkpoints set position = 0 where name like 'shop%'`);
    const again = await append([due(randomUUID(), 3_600_000)]);
    views.appended(again);
    await until(async () => (await pool.query('select from timers')).rowCount === 2);
    await pool.query(`update timers set due = clock_timestamp()`);
    await until(async () => (await pool.query('select from events where type = $1', [types.paid])).rowCount === 2);
  });

  it('that fails is tried again later, and holds up no other', async () => {
    const { append, start, pool, pay, warned } = await setUp(paying);
    const [bad, good] = [randomUUID(), randomUUID()];
    const views = await start((decider, method, command, caller) =>
      (command as { orderId: string }).orderId === bad ? Promise.reject(new Error('secret')) : pay(decider, method, command, caller),
    );
    views.appended(await append([due(bad, 0), due(good, 0)]));
    await until(async () => (await pool.query('select from timers where due > clock_timestamp()')).rowCount === 1);
    await until(async () => (await pool.query('select from events where type = $1', [types.paid])).rowCount === 1);
    expect(warned).toEqual([
      ['timed command failed, tries again in a minute', { policy: 'pay-later', command: 'guanxi.shop.v1.OrderCommands/payOrder', error: 'Error' }],
    ]);
  });
});
