import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { placed, types, type Told } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { orderView, payAtOnce, shop } from './testing/shop.views.js';
import { generations } from './view.ensure.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

/** The same view in a later version: other columns, and a mark on each row. */
const next = (version: number) => ({
  ...orderView,
  options: {
    ...orderView.options,
    version,
    filters: version % 2 === 0 ? ['status', 'accountId'] : ['accountId', 'amount'],
  } as typeof orderView.options,
  sources: orderView.sources.map((it) => ({
    ...it,
    folds: {
      ...it.folds,
      orderPlaced: (row: unknown, ...rest: [never, never]) => ({ ...(it.folds['orderPlaced']?.(row, ...rest) as object), status: `v${version}` }),
    },
  })),
});
const withVersion = (version: number, policies = shop.policies) => ({
  ...shop,
  views: [next(version) as unknown as typeof orderView],
  ...(policies && { policies: policies.map((it) => ({ ...it, view: next(version) as never })) }),
});
const one = (stream: string, version: number): Told => placed(stream, version, 'a', version);

describe('a new version of a view', () => {
  it('is filled beside the old one and swapped in under readers and a writer: no read fails and none goes back', async () => {
    const { append, start, ensure, pool, pay } = await setUp({ ...shop, views: [orderView] });
    const stream = randomUUID();
    let head = await append(Array.from({ length: 3_000 }, (_, n) => one(stream, n + 1)));
    let views = await start(pay, { definition: { ...shop, views: [orderView] } });
    await until(() => views.health().every((it) => it.ready));

    let done = false;
    let written = 3_000;
    const write = async (): Promise<void> => {
      while (!done) {
        head = await append([one(stream, ++written)]);
        views.appended(head);
      }
    };
    const reads: number[] = [];
    const read = async (): Promise<void> => {
      let last = 0;
      while (!done) {
        const { rows } = await pool.query<{ seen: number }>({
          name: 'read',
          text: `select json_array_length(row->'seen') as seen from shop_order where key = $1`,
          values: [stream],
        });
        const seen = rows[0]?.seen ?? 0;
        if (seen < last) throw new Error(`went back from ${last} to ${seen}`);
        last = seen;
        reads.push(seen);
      }
    };
    const traffic = Promise.all([write(), read(), read()]);
    for (const version of [2, 3, 4]) {
      await ensure(withVersion(version));
      const old = views;
      views = await start(pay, { definition: withVersion(version) });
      await until(() => views.health().every((it) => it.ready), 15_000);
      expect((await generations(pool, 'shop_order')).map((it) => [it.version, it.state])).toEqual([[version, 'live']]);
      expect(old.health()).toMatchObject([{ ready: expect.any(Boolean) }]);
      await old.stop();
    }
    done = true;
    await traffic;
    expect(reads.length).toBeGreaterThan(50);
    await views.settled([types.placed], head);
    const { rows } = await pool.query<{ seen: string[] }>(`select row->'seen' as seen from shop_order`);
    expect(rows[0]?.seen.length).toBe(written);
    expect(new Set(rows[0]?.seen).size).toBe(written);
  }, 60_000);

  it('takes over from a version that nobody folds any more, and its policies miss nothing and repeat nothing', async () => {
    const paying = { ...shop, views: [orderView], policies: [payAtOnce] };
    const { append, start, ensure, pool, pay } = await setUp(paying);
    const first = await start(pay, { definition: paying });
    first.appended(await append([one(randomUUID(), 1), one(randomUUID(), 1)]));
    const paid = async (): Promise<number> => (await pool.query('select from events where type = $1', [types.paid])).rowCount ?? 0;
    await until(async () => (await paid()) === 2);
    await first.stop();
    await append([one(randomUUID(), 1), one(randomUUID(), 1), one(randomUUID(), 1)]);
    const later = withVersion(2, [payAtOnce]);
    await ensure(later);
    const second = await start(pay, { definition: later });
    await until(() => second.health().every((it) => it.ready && it.lagMs === 0));
    await until(async () => (await paid()) === 5);
    await append([one(randomUUID(), 1)]);
    await until(async () => (await paid()) === 6);
    expect((await pool.query('select distinct stream_id from events where type = $1', [types.paid])).rowCount).toBe(6);
  });

  it('leaves the table of the old one to the next start, and an older build makes no generation of its own', async () => {
    const { start, ensure, pool, pay } = await setUp({ ...shop, views: [orderView] });
    await ensure(withVersion(2));
    const views = await start(pay, { definition: withVersion(2) });
    await until(() => views.health().every((it) => it.ready));
    const tables = async () =>
      (await pool.query<{ relname: string }>(`select relname from pg_class where relkind = 'r' and relname like 'shop_order%' order by 1`)).rows.map(
        (it) => it.relname,
      );
    expect(await tables()).toEqual(['shop_order_v1_g1', 'shop_order_v2_g2']);
    await ensure({ ...shop, views: [orderView] });
    expect(await tables()).toEqual(['shop_order_v2_g2']);
    const old = await start(pay, { definition: { ...shop, views: [orderView] } });
    expect(old.health()).toMatchObject([{ name: 'view shop_order', ready: true, reason: 'version 2 of a newer build is live' }]);
  });
});
