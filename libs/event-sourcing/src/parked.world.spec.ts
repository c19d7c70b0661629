import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { opened, placed } from './testing/shop.database.js';
import { fragileShop, poison } from './testing/shop.poison.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accountView } from './testing/shop.views.js';
import { touched } from './touched.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const fragile = fragileShop();
const mended = fragileShop(true);
const orders = (n: number, amount: number, name: string): ReturnType<typeof placed>[] =>
  Array.from({ length: n }, (_, m) => placed(randomUUID(), 1, `${name} ${m}`, amount));

describe('the breaker', () => {
  it('stops a view that would park the world, and parks nothing of that batch; told to go on by a mended build, it folds everything', async () => {
    const { append, start, pay, shown, folded, pool, warned } = await setUp(fragile);
    const views = await start(pay, { definition: fragile });
    views.appended(await append([...orders(60, poison.fold, 'bad'), ...orders(60, 1, 'good')]));
    await until(() => views.health().some((it) => it.stopped));
    const stopped = views.health().find((it) => it.stopped);
    expect(stopped).toMatchObject({ name: 'view shop_fragile', ready: false, reason: '60 of 120 keys could not be folded within 5 minutes' });
    expect((await pool.query('select from parked')).rowCount).toBe(0);
    expect((await shown(accountView)).size).toBe(120);
    expect(warned).toContainEqual(['view stopped', { view: 'shop_fragile_v1_g1', reason: stopped?.reason }]);
    await views.stop();
    const now = await start(pay, { definition: mended });
    expect(await now.repairs.restart('shop_fragile')).toBe(stopped?.reason);
    await until(async () => (await shown(mended.fragile)).size === 120);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
  });

  it('lets 50 keys pass, and more where they are one in a hundred', async () => {
    const { append, start, pay, pool, shown, folded } = await setUp(fragile);
    const views = await start(pay, { definition: fragile });
    const countParked = async (): Promise<number | null> => (await pool.query('select from parked')).rowCount;
    views.appended(await append(orders(50, poison.fold, 'bad')));
    await until(async () => (await countParked()) === 50);
    await append(orders(7_000, 1, 'good'));
    views.appended(await append(orders(10, poison.fold, 'worse')));
    await until(async () => (await countParked()) === 60, 30_000);
    expect(views.health().every((it) => it.ready)).toBe(true);
    await views.stop();
    const now = await start(pay, { definition: mended });
    expect((await now.repairs.redrive('shop_fragile')).filter((it) => it.folded)).toHaveLength(60);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
  }, 60_000);

  it('counts the keys of the last five to ten minutes', () => {
    let now = 0;
    const counter = touched(() => now);
    counter.add(['a', 'b']);
    counter.add(['b', 'c']);
    expect(counter.count()).toBe(3);
    now = 6 * 60_000;
    counter.add(['c', 'd']);
    expect(counter.count()).toBe(4);
    now = 12 * 60_000;
    expect(counter.count()).toBe(2);
    now = 30 * 60_000;
    expect(counter.count()).toBe(0);
  });
});

describe('two processes', () => {
  it('see the same keys parked, and what one redrives the other does not spoil with what it remembers', async () => {
    const { append, receive, start, pay, shown, folded, pool } = await setUp(fragile);
    const spoilt = await start(pay, { definition: fragile });
    spoilt.appended(await append([placed(randomUUID(), 1, 'a', 1), placed(randomUUID(), 1, 'a', poison.fold)]));
    await until(() => spoilt.health().some((it) => it.parked === 1));
    const whole = await start(pay, { definition: mended });
    await receive([opened('b', 'so that both fold')]);
    whole.received();
    await until(() => whole.health().some((it) => it.parked === 1));
    await whole.repairs.redrive('shop_fragile');
    // The spoilt one is the only one left, knew the row as it was before, and passed the key over.
    await whole.stop();
    spoilt.appended(await append([placed(randomUUID(), 1, 'a', 2)]));
    await until(async () => (await shown(mended.fragile)).get('a')?.['orders'] === 3);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
    expect((await pool.query('select from parked')).rowCount).toBe(0);
  });
});

describe('a rebuild', () => {
  it('filled in memory parks what it cannot fold, respects what was discarded, and is redriven while it waits', async () => {
    const { append, receive, start, pay, shown, folded, pool } = await setUp(fragile);
    const views = await start(pay, { definition: fragile, filling: { near: 10, entries: 500, together: 50 } });
    await append(Array.from({ length: 1_500 }, (_, n) => placed(randomUUID(), 1, `a ${n % 300}`, n % 500 === 499 ? poison.fold : 1)));
    await receive([opened('a 1', 'one')]);
    views.appended(await append(orders(700, 2, 'late')));
    const parked = async (generation: number): Promise<string[]> =>
      (await pool.query<{ key: string }>('select key from parked where generation = $1 order by key', [`shop_fragile_v1_g${generation}`])).rows.map(
        (it) => it.key,
      );
    await until(async () => (await parked(1)).length === 3, 30_000);
    await views.repairs.discard('shop_fragile', 'a 199', 'a test', 'ops');
    await pool.query('create table shop_fragile_v1_g2 (like shop_fragile_v1_g1 including all)');
    await pool.query(
      `insert into checkpoints (name, version, generation, position, seq, state, compare) values ('shop_fragile_v1_g2', 1, 2, 0, 0, 'filling', true)`,
    );
    await until(
      async () => (await pool.query(`select from checkpoints where name = 'shop_fragile_v1_g2' and state = 'filled'`)).rowCount === 1,
      30_000,
    );
    expect(await parked(2)).toEqual(['a 299', 'a 99']);
    const rows = async (generation: number): Promise<unknown> =>
      (await pool.query(`select key, row::text from shop_fragile_v1_g${generation} order by key`)).rows;
    expect(await rows(2)).toEqual(await rows(1));
    await views.stop();
    const now = await start(pay, { definition: mended });
    expect((await now.repairs.redrive('shop_fragile')).every((it) => it.folded)).toBe(true);
    expect([...(await parked(1)), ...(await parked(2))]).toEqual([]);
    expect(await rows(2)).toEqual(await rows(1));
    const whole = await folded(mended.fragile);
    const shownNow = await shown(mended.fragile);
    expect([...whole.keys()].filter((key) => JSON.stringify(whole.get(key)) !== JSON.stringify(shownNow.get(key)))).toEqual(['a 199']);
  }, 60_000);
});

describe('any history', () => {
  const random = (seed: number): (() => number) => {
    let state = seed;
    return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  };
  it.each([1, 2, 3])(
    'with poison anywhere, parked and then redriven, is as a fold from the start without poison (seed %d)',
    async (seed) => {
      const { append, receive, start, pay, shown, folded, pool } = await setUp(fragileShop(false, true));
      const one = random(seed * 7_919);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(one() * from.length)] as T;
      const bad = [poison.fold, poison.react, poison.tooLong, poison.throwingColumn];
      const views = await start(pay, { definition: fragileShop(false, true) });
      for (let n = 0; n < 20; n++) {
        const told = Array.from({ length: 1 + Math.floor(one() * 12) }, () =>
          placed(randomUUID(), 1, pick(['a', 'b', 'c', 'd', 'e']), one() < 0.08 ? pick(bad) : n),
        );
        if (one() < 0.5) await receive([opened(pick(['a', 'b', 'c']), `name ${n}`)]);
        views.appended(await append(told));
        if (one() < 0.3) await new Promise((resolve) => setTimeout(resolve, 50));
        if (one() < 0.2) await views.repairs.redrive('shop_fragile');
      }
      const behind = `select from checkpoints where state = 'live' and position < (select max(position) from events)`;
      await until(async () => (await pool.query(behind)).rowCount === 0, 30_000);
      await views.stop();
      const build = fragileShop(true, true);
      const now = await start(pay, { definition: build });
      await now.repairs.redrive('shop_fragile');
      await until(async () => (await pool.query(behind)).rowCount === 0);
      expect((await pool.query('select from parked')).rowCount).toBe(0);
      expect(await shown(build.fragile)).toEqual(await folded(build.fragile));
      const paidOnce = `select count(*)::int as n from events where type like '%OrderPlaced'
      and (select count(*) from events p where p.stream_id = events.stream_id and p.type like '%OrderPaid') <> 1`;
      expect((await pool.query(paidOnce)).rows).toEqual([{ n: 0 }]);
    },
    60_000,
  );
});
