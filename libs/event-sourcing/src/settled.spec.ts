import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { neighbours } from './neighbours.js';
import { progress } from './progress.js';
import { settledBy } from './settled.js';
import { placed, types } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { orderView, payAtOnce, shop } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const took = async (what: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await what();
  return performance.now() - began;
};
const ended = async (what: Promise<unknown>, ms = 20): Promise<boolean> =>
  Promise.race([what.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, ms, false))]);

describe('waiting for own views', () => {
  const waiter = (definition = shop, stopped: readonly string[] = []) => {
    const known = progress();
    return {
      known,
      ...settledBy({ definition, progress: known, stopped: (view) => stopped.includes(view), hurry: () => undefined, lookUp: () => undefined }),
    };
  };

  it('ends when every view that folds one of the events holds the position, and not before', async () => {
    const { known, ...it } = waiter();
    const done = it.settled([types.placed], 7);
    known.report('shop_order', 7);
    known.report('shop_account', 6);
    expect(await ended(done)).toBe(false);
    known.report('shop_account', 9);
    expect(await ended(done)).toBe(true);
  });

  it('leaves out views that fold none of them', async () => {
    const { known, ...it } = waiter();
    known.report('shop_order', 7);
    expect(await ended(it.settled([types.paid], 7))).toBe(true);
    expect(await ended(it.settled(['guanxi.shop.v1.OrderForgotten'], 7))).toBe(true);
  });

  it('lasts no longer than it may', async () => {
    const it = waiter();
    expect(await took(() => it.settled([types.placed], 7, 60))).toBeGreaterThan(50);
  });

  it('does not wait for a view that stopped, or is more than a second behind', async () => {
    const stopped = waiter(shop, ['shop_account']);
    stopped.known.report('shop_order', 7);
    expect(await ended(stopped.settled([types.placed], 7))).toBe(true);
    const late = waiter();
    late.known.grown(5);
    expect(await ended(late.settled([types.placed], 7))).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await ended(late.settled([types.placed], 7))).toBe(true);
  });

  it('ends only when what policies appended because of it is held as well, and for no other’s', async () => {
    const { known, ...it } = waiter({ ...shop, policies: [payAtOnce] });
    const mine = it.settled([types.placed], 7);
    const other = it.settled([types.placed], 5);
    known.report('shop_account', 9);
    known.report('shop_order', 5);
    expect(await ended(other)).toBe(true);
    known.report('shop_order', 7, 12);
    expect(await ended(mine)).toBe(false);
    known.report('shop_order', 12);
    known.report('shop_account', 12);
    expect(await ended(mine)).toBe(true);
    const late = it.settled([types.placed], 7);
    expect(await ended(late)).toBe(true);
  });

  it('knows what a batch led to also when it is asked after that batch', async () => {
    const { known, ...it } = waiter({ ...shop, policies: [payAtOnce] });
    known.report('shop_account', 9);
    known.report('shop_order', 7, 12);
    const late = it.settled([types.placed], 7);
    expect(await ended(late)).toBe(false);
    known.report('shop_order', 13);
    known.report('shop_account', 13);
    expect(await ended(late)).toBe(true);
  });
});

describe('a process that does not project', () => {
  const deaf = async (url: string, pool: Pool) => {
    const known = progress();
    const heard: [string, number, number][] = [];
    const others = neighbours(pool, url, {
      grew: () => undefined,
      moved: (view, position, then) => {
        heard.push([view, position, then]);
        known.report(view, position, then);
      },
    });
    const it = settledBy({
      definition: { ...shop, policies: [payAtOnce] },
      progress: known,
      stopped: () => false,
      hurry: () => undefined,
      lookUp: () => undefined,
    });
    const listens = async () =>
      (await pool.query(`select from pg_stat_activity where application_name like 'guanxi-listen %' and query ilike 'listen guanxi_view'`))
        .rowCount === 2;
    await until(listens);
    return { ...it, heard, close: () => others.close() };
  };

  it('hears from the one that does, with what policies appended, and sees both when its own wait is over', async () => {
    const { append, start, shown, url, pool } = await setUp({ ...shop, policies: [payAtOnce] });
    const there = await start();
    const here = await deaf(url, pool);
    try {
      for (let n = 0; n < 20; n++) {
        const stream = randomUUID();
        const head = await append([placed(stream, 1, 'a', n)]);
        there.appended(head);
        expect(await took(() => here.settled([types.placed], head, 5_000))).toBeLessThan(4_000);
        expect((await shown(orderView)).get(stream)).toMatchObject({ status: 'PAID' });
      }
      expect(here.heard.some(([view, position, then]) => view === 'shop_order' && then > position - 2)).toBe(true);
    } finally {
      await here.close();
    }
  });

  it('is told nothing where nobody listens: a lone process sends no notification', async () => {
    const { append, start, url, pool } = await setUp();
    const views = await start();
    await until(async () => (await pool.query(`select from pg_stat_activity where application_name like 'guanxi-listen %'`)).rowCount === 1);
    const ear = new Pool({ connectionString: url, max: 1 });
    const client = await ear.connect();
    const heard: string[] = [];
    client.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await client.query('listen guanxi_view; listen guanxi_head');
    const head = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await views.settled([types.placed], head);
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.release();
    await ear.end();
    expect(heard.filter((it) => !it.startsWith('hello'))).toEqual([]);
  });
});
