import { afterEach, describe, expect, it } from '@jest/globals';
import { hash, randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { opened, placed, type Told } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { filledViews as views, later, withPoison } from './testing/fill.views.js';
import { orderView, shop } from './testing/shop.views.js';
import { generations } from './view.ensure.js';
import type { FillLimits } from './fill.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const first = { ...shop, views };
const second = { ...shop, views: views.map((it) => later(it, 2)) };

/** Orders placed, paid and voided, of few accounts, some long ago and some again and again; accounts opened and closed in between. */
const history = (seed: string, length: number): Told[][] => {
  let drawn = 0;
  const random = (): number => hash('sha256', `${seed} ${drawn++}`, 'buffer').readUInt32BE() / 2 ** 32;
  const pick = (n: number): number => Math.floor(random() * n);
  const orders = Array.from({ length: 1 + pick(length / 2) }, () => ({ id: randomUUID(), version: 0 }));
  const written: Told[][] = [];
  for (let n = 0; n < length; n++) {
    const order = orders[pick(orders.length)] ?? { id: '', version: 0 };
    const said = random();
    const amount = String(pick(100));
    const event: Told['event'] = said < 0.2 ? { orderVoided: { reason: 'r' } } : { orderPaid: { amount } };
    if (said < 0.1) written.push([opened(`a${pick(5)}`, `名 ${n}\t"\\`)]);
    else if (said < 0.6) written.push([placed(order.id, ++order.version, `a${pick(5)}`, pick(3))]);
    else written.push([{ stream: order.id, version: ++order.version, event }]);
  }
  return written;
};

const limits: readonly FillLimits[] = [
  { rows: 1, bytes: 1e9, near: 0, entries: 7, ms: 1e3, together: 1 },
  { rows: 20, bytes: 1e9, near: 3, entries: 1e3, ms: 1e3, together: 5 },
  { rows: 1e9, bytes: 2_000, near: 10, entries: 50, ms: 1e3, together: 3 },
  { rows: 1e9, bytes: 1e9, near: 0, entries: 1e6, ms: 1e3, together: 500 },
];

describe('a generation that is being filled', () => {
  it.each(limits.flatMap((limit, n) => [1, 2, 3].map((seed) => [`${n}-${seed}`, limit] as const)))(
    'equals a fold from the start, and the live one, whatever the history and the memory (%s)',
    async (seed, filling) => {
      const { append, receive, start, shown, folded, ensure, pool, warned } = await setUp(first);
      for (const told of history(seed, 250)) await ('accountOpened' in (told[0]?.event ?? {}) ? receive(told) : append(told));
      const old = await start(undefined, { definition: first });
      await until(() => old.health().every((it) => it.ready && it.lagMs === 0));
      const columns = async (): Promise<unknown[]> =>
        Promise.all(
          views.map(async (it) => (await pool.query<{ it: unknown }>(`select to_jsonb(x) as it from ${it.options.table} x order by key`)).rows),
        );
      const live = await columns();
      await ensure(second);
      const fresh = await start(undefined, { definition: second, filling });
      await until(() => fresh.health().every((it) => it.ready && it.lagMs === 0));
      expect(await columns()).toEqual(live);
      for (const it of views) {
        expect(await generations(pool, it.options.table)).toMatchObject([{ version: 2, state: 'live' }]);
        expect(await shown(it)).toEqual(await folded(it));
      }
      expect(warned).toEqual([]);
    },
    30_000,
  );

  it('is filled once where two processes do it, while a third writes', async () => {
    const { append, start, shown, folded, ensure, warned } = await setUp(first);
    const streams = Array.from({ length: 300 }, () => randomUUID());
    await append(Array.from({ length: 12_000 }, (_, n) => placed(streams[n % 300] ?? '', 1 + Math.floor(n / 300), `a${n % 40}`, n % 5)));
    const old = await start(undefined, { definition: first });
    await until(() => old.health().every((it) => it.ready && it.lagMs === 0), 20_000);
    await ensure(second);
    const filling = { rows: 1_000, near: 500, ms: 200, together: 100 };
    const both = await Promise.all([1, 2].map(() => start(undefined, { definition: second, filling })));
    for (let n = 0; n < 60; n++) old.appended(await append([placed(streams[n] ?? '', 41, 'a1', n)]));
    await until(() => both.every((one) => one.health().every((it) => it.ready && it.lagMs === 0)), 20_000);
    for (const it of views) expect(await shown(it)).toEqual(await folded(it));
    expect(warned).toEqual([]);
  }, 60_000);

  it('parks a key that cannot be folded, and is filled fast before and after', async () => {
    const { append, start, shown, folded, ensure, pool, warned } = await setUp({ ...shop, views: [orderView] });
    const streams = Array.from({ length: 20 }, () => randomUUID());
    await append(Array.from({ length: 6_000 }, (_, n) => placed(streams[n % 20] ?? '', 1 + Math.floor(n / 20), 'a', n % 5)));
    const old = await start(undefined, { definition: { ...shop, views: [orderView] } });
    await until(() => old.health().every((it) => it.ready && it.lagMs === 0), 20_000);
    const poisoned = withPoison(orderView, (stream, version) => stream === streams[7] && version === 100);
    await ensure({ ...shop, views: [poisoned] });
    const fresh = await start(undefined, { definition: { ...shop, views: [poisoned] }, filling: { rows: 500, near: 10, ms: 300, together: 50 } });
    await until(() => fresh.health().every((it) => it.ready && it.lagMs === 0), 20_000);
    const { rows } = await pool.query<{ key: string; position: string }>('select key, position from parked');
    expect(rows).toEqual([{ key: streams[7], position: String(99 * 20 + 8) }]);
    const [rest, all] = [await shown(orderView), await folded(orderView)];
    expect(rest.get(streams[7] ?? '')).toMatchObject({ version: 99 });
    for (const it of [rest, all]) it.delete(streams[7] ?? '');
    expect(rest).toEqual(all);
    expect(warned.map(([said]) => said)).toEqual(['filled by batches for a while', 'keys parked']);
  }, 60_000);

  it('writes what it has as soon as somebody waits for its checkpoint', async () => {
    const { append, start, ensure, pool } = await setUp({ ...shop, views: [orderView] });
    await append(Array.from({ length: 8_000 }, () => placed(randomUUID(), 1, 'a')));
    const old = await start(undefined, { definition: { ...shop, views: [orderView] } });
    await until(() => old.health().every((it) => it.ready && it.lagMs === 0), 20_000);
    const slow = withPoison(orderView, () => {
      for (const end = performance.now() + 1; performance.now() < end;);
      return false;
    });
    await ensure({ ...shop, views: [slow] });
    await start(undefined, { definition: { ...shop, views: [slow] }, filling: { together: 50, near: 100 } });
    const name = 'shop_order_v2_g2';
    await until(async () => !(await pool.query('select from checkpoints where name = $1 for update skip locked', [name])).rowCount);
    const { rows } = await pool.query<{ position: string }>('select position from checkpoints where name = $1 for update', [name]);
    expect(Number(rows[0]?.position)).toBeGreaterThan(0);
    expect(Number(rows[0]?.position)).toBeLessThan(7_000);
  }, 60_000);
});
