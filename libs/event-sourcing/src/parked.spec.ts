import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import type { Execute } from './policies.js';
import { opened, placed, types } from './testing/shop.database.js';
import { fragileShop, poison } from './testing/shop.poison.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accountView } from './testing/shop.views.js';
import type { Views } from './views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const amounts = (...of: number[]): ReturnType<typeof placed>[] => of.map((amount) => placed(randomUUID(), 1, 'a', amount));
const reasonOf = (views: Views): string | undefined => views.health().find((it) => it.name === 'view shop_fragile')?.reason;
const parked = (views: Views): Promise<unknown> => until(() => reasonOf(views) === '1 key parked');

/** Plays a poisoned history to a build that is spoilt, then one to which it is no poison; answers what that one may do. */
const played = async (amount: number, pays = false) => {
  const db = await setUp(fragileShop(false, pays));
  const broken = fragileShop(false, pays);
  const views = await db.start(db.pay, { definition: broken });
  views.appended(await db.append([...amounts(5), placed(randomUUID(), 1, 'b', 1)]));
  await until(async () => (await db.shown(broken.fragile)).size === 2);
  views.appended(await db.append([...amounts(5, amount, 7), placed(randomUUID(), 1, 'b', 2)]));
  await parked(views);
  await db.receive([opened('a', 'after it')]);
  views.received();
  const mended = fragileShop(true, pays);
  return { ...db, views, broken, mended };
};

describe('a key of which something cannot be folded', () => {
  it.each([
    ['a fold throws', poison.fold, 'fold', 'TypeError'],
    ['a column throws', poison.throwingColumn, 'column', 'RangeError'],
    ['PostgreSQL refuses the value', poison.tooLong, 'column', 'SQLSTATE 54000'],
  ])('is parked from that event on where %s; all others flow, and it says what, not why in words', async (_, amount, what, error) => {
    const { views, shown, folded, broken, mended, pool, warned, append } = await played(amount);
    expect(reasonOf(views)).toBe('1 key parked');
    expect(views.health().every((it) => it.ready && !it.stopped)).toBe(true);
    const [pointer] = await views.repairs.list(undefined, 10);
    expect(pointer).toMatchObject({
      ...{ view: 'shop_fragile', generation: 'shop_fragile_v1_g1', state: 'live', key: 'a', tries: 3 },
      ...{ position: 4, seq: 0, type: types.placed, what, error, customer: undefined },
    });
    await until(async () => (await shown(broken.fragile)).get('b')?.['orders'] === 2);
    // As it was before the event, and not further.
    expect((await shown(broken.fragile)).get('a')).toMatchObject({ orders: 2, amount: '10', name: '' });
    views.appended(await append(amounts(9)));
    await until(async () => (await shown(accountView)).get('a')?.['orders'] === 5);
    expect((await shown(broken.fragile)).get('a')).toMatchObject({ orders: 2 });
    expect(warned).toContainEqual(['keys parked', { view: 'shop_fragile_v1_g1', count: 1 }]);
    expect(JSON.stringify([warned, (await pool.query('select * from parked')).rows])).not.toContain('secret');
    expect(await folded(mended.fragile)).not.toEqual(await shown(broken.fragile));
  });

  it.each([poison.fold, poison.throwingColumn, poison.tooLong])(
    'is redriven in order by a mended build: as if nothing had ever been wrong (amount %d)',
    async (amount) => {
      const { views, start, pay, shown, folded, mended, append } = await played(amount);
      expect(await views.repairs.redrive('shop_fragile', ['a'])).toEqual([{ key: 'a', folded: false }]);
      expect((await views.repairs.list('shop_fragile', 10))[0]).toMatchObject({ position: 4, tries: 4 });
      await views.stop();
      const now = await start(pay, { definition: mended });
      expect(await now.repairs.redrive('shop_fragile')).toEqual([{ key: 'a', folded: true }]);
      expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
      now.appended(await append(amounts(3)));
      await until(async () => (await shown(mended.fragile)).get('a')?.['orders'] === 5);
      expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
      expect(reasonOf(now)).toBeUndefined();
      await expect(now.repairs.redrive('shop_fragile', ['a'])).rejects.toThrow('No event of this key waits');
    },
  );

  it.each([poison.throwingColumn, poison.tooLong])('is found among all that are written together (amount %d)', async (amount) => {
    const { append, start, pay, shown, pool } = await setUp(fragileShop());
    const bad = new Set([3, 11, 12]);
    const told = Array.from({ length: 20 }, (_, n) => placed(randomUUID(), 1, `account ${n}`, bad.has(n) ? amount : 1));
    const views = await start(pay, { definition: fragileShop() });
    views.appended(await append(told));
    await until(() => reasonOf(views) === '3 keys parked');
    const { rows } = await pool.query<{ key: string }>('select key from parked order by position');
    expect(rows.map((it) => it.key)).toEqual([...bad].map((n) => `account ${n}`));
    expect((await shown(fragileShop().fragile)).size).toBe(17);
  });

  it('goes on without the one event that somebody discards, for good: a rebuild passes over it too', async () => {
    const { views, shown, broken, append, pool } = await played(poison.fold);
    expect(await views.repairs.discard('shop_fragile', 'a', 'a test order', 'ops')).toEqual([{ key: 'a', folded: true }]);
    expect((await shown(broken.fragile)).get('a')).toMatchObject({ orders: 3, amount: '17', name: 'after it' });
    expect((await views.repairs.get('shop_fragile', 'a')).discarded).toMatchObject([{ position: 4, seq: 0, reason: 'a test order', actor: 'ops' }]);
    views.appended(await append(amounts(1)));
    await until(async () => (await shown(broken.fragile)).get('a')?.['orders'] === 4);
    const before = await shown(broken.fragile);
    await pool.query(`create table shop_fragile_v1_g2 (like shop_fragile_v1_g1 including all)`);
    await pool.query(
      `insert into checkpoints (name, version, generation, position, seq, state) values ('shop_fragile_v1_g2', 1, 2, 0, 0, 'filling')`,
    );
    await until(async () => (await pool.query(`select from checkpoints where name = 'shop_fragile_v1_g2' and state = 'live'`)).rowCount === 1);
    expect(await shown(broken.fragile)).toEqual(before);
    expect((await pool.query('select from parked')).rowCount).toBe(0);
  });

  it('is parked again at a later event that fails too, and keeps what was folded before it', async () => {
    const { views, shown, broken, append } = await played(poison.fold);
    views.appended(await append(amounts(2, poison.fold, 1)));
    expect(await views.repairs.discard('shop_fragile', 'a', 'a test order', 'ops')).toEqual([{ key: 'a', folded: false }]);
    expect((await shown(broken.fragile)).get('a')).toMatchObject({ orders: 4 });
    expect((await views.repairs.list('shop_fragile', 10))[0]).toMatchObject({ position: 8, tries: 1 });
    expect(await views.repairs.discard('shop_fragile', 'a', 'another', 'ops')).toEqual([{ key: 'a', folded: true }]);
    expect((await shown(broken.fragile)).get('a')).toMatchObject({ orders: 5 });
  });
});

describe('a policy that throws', () => {
  it.each([
    ['while it decides', poison.react, 'RangeError'],
    ['while its command is executed', poison.execute, 'TypeError'],
  ])('%s parks the row before that event; redriven, it acts in order, once, on the row as it stood then', async (_, amount, error) => {
    const db = await setUp(fragileShop(false, true));
    const { append, shown, folded, pay, pool, receive } = db;
    const broken: Execute = (decider, method, command, caller) =>
      (command as { amount: string }).amount === '2' && amount === poison.execute
        ? Promise.reject(new TypeError('secret'))
        : pay(decider, method, command, caller);
    const views = await db.start(broken, { definition: fragileShop(false, true) });
    views.appended(await append(amounts(5, amount, 7)));
    await parked(views);
    await receive([opened('a', 'later')]);
    views.appended(await append(amounts(8)));
    expect((await views.repairs.list('shop_fragile', 10))[0]).toMatchObject({ position: 2, what: 'policy pay-fragile', error });
    await until(async () => (await shown(accountView)).get('a')?.['orders'] === 4);
    expect((await shown(fragileShop().fragile)).get('a')).toMatchObject({ orders: 1 });
    await views.stop();
    const mended = fragileShop(true, true);
    const now = await db.start(pay, { definition: mended });
    expect(await now.repairs.redrive('shop_fragile', ['a'])).toEqual([{ key: 'a', folded: true }]);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
    const paid = await pool.query<{ amount: string }>(`select record->'data'->>'amount' as amount from events where type = $1 order by position`, [
      types.paid,
    ]);
    expect(paid.rows.map((it) => it.amount).sort()).toEqual(['1', '2', '3', '4']);
  });

  it('has still to act after a rebuild: the new generation holds everything, and the pointer', async () => {
    const { append, start, shown, folded, pay, pool, receive } = await setUp(fragileShop(false, true));
    const views = await start(pay, { definition: fragileShop(false, true) });
    const paid = async (): Promise<number> => (await pool.query('select from events where type = $1', [types.paid])).rowCount ?? 0;
    views.appended(await append(amounts(5, poison.react, 7)));
    await parked(views);
    await views.stop();
    const mended = fragileShop(true, true);
    const now = await start(pay, { definition: mended });
    await pool.query(`create table shop_fragile_v1_g2 (like shop_fragile_v1_g1 including all)`);
    await pool.query(
      `insert into checkpoints (name, version, generation, position, seq, state) values ('shop_fragile_v1_g2', 1, 2, 0, 0, 'filling')`,
    );
    await until(async () => (await pool.query(`select from checkpoints where name = 'shop_fragile_v1_g2' and state = 'live'`)).rowCount === 1);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
    await receive([opened('a', 'passed over')]);
    now.appended(await append(amounts(8)));
    await until(async () => (await shown(accountView)).get('a')?.['orders'] === 4);
    await parked(now);
    expect([(await shown(mended.fragile)).get('a')?.['orders'], await paid()]).toEqual([3, 1]);
    expect(await now.repairs.redrive('shop_fragile')).toEqual([{ key: 'a', folded: true }]);
    expect(await shown(mended.fragile)).toEqual(await folded(mended.fragile));
    expect([(await shown(mended.fragile)).get('a')?.['orders'], await paid()]).toEqual([4, 4]);
    expect(reasonOf(now)).toBeUndefined();
  });
});
