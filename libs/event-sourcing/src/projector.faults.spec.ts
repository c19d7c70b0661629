import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { opened, placed, types } from './testing/shop.database.js';
import { OrderEvent, Order } from './testing/shop.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accountView, orderView, shop } from './testing/shop.views.js';
import { view } from './view.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

/** An amount makes it throw before anybody knows whose row it is about. */
const keyless = view(Order, { version: 1, table: 'shop_keyless', key: 'orderId' }).on(
  OrderEvent,
  { orderPlaced: (_, { accountId }, { stream }) => ({ orderId: stream, accountId }) as Order },
  (event, { stream }) => {
    if ('accountId' in event && event.amount === '13') throw new TypeError(`secret of ${event.accountId}`);
    return stream;
  },
);
const fragile = { ...shop, views: [orderView, accountView, keyless] };

describe('a view at fault', () => {
  it('stops after three tries where an event does not even tell its row, says so, holds up no other, and goes on when it is told to', async () => {
    const { append, start, shown, folded, warned, pool } = await setUp(fragile);
    const views = await start();
    await append([placed(randomUUID(), 1, 'a')]);
    const head = await append([placed(randomUUID(), 1, 'a', 13), placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await until(() => views.health().some((it) => it.stopped && it.reason === 'TypeError at guanxi.shop.v1.OrderPlaced 2/0'));
    expect(views.health().map((it) => it.ready)).toEqual([true, true, false]);
    expect(warned).toHaveLength(1);
    const later = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(later);
    const began = performance.now();
    await views.settled([types.placed], later);
    expect(performance.now() - began).toBeLessThan(900);
    expect(await shown(accountView)).toEqual(await folded(accountView));
    expect(JSON.stringify(warned)).not.toContain('secret');
    await views.stop();
    const whole = {
      ...fragile,
      views: [
        orderView,
        accountView,
        { ...keyless, sources: keyless.sources.map((it) => ({ ...it, keyOf: (_: unknown, { stream }: { stream: string }) => stream })) },
      ],
    };
    const mended = await start(undefined, { definition: whole });
    // Not by itself: who stopped it may still be there.
    await until(() => mended.health().some((it) => it.stopped));
    expect(await mended.repairs.restart('shop_keyless')).toBe('TypeError at guanxi.shop.v1.OrderPlaced 2/0');
    await until(async () => (await shown(keyless)).size === 4);
    await until(() => mended.health().every((it) => it.ready && !it.stopped));
    expect(await mended.repairs.restart('shop_keyless')).toBeUndefined();
    expect((await pool.query('select from parked')).rowCount).toBe(0);
  });

  it('goes on by itself when what was wrong with it passes between two tries', async () => {
    const { append, start, shown, pool } = await setUp();
    await pool.query(`alter table shop_order_v1_g1 add constraint passing check (status <> 'PLACED')`);
    const views = await start();
    const head = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await until(async () => (await shown(accountView)).size === 1);
    await pool.query('alter table shop_order_v1_g1 drop constraint passing');
    await until(async () => (await shown(orderView)).size === 1 || (await pool.query('select from parked')).rowCount === 1);
    if ((await shown(orderView)).size === 0) await views.repairs.redrive('shop_order');
    expect((await shown(orderView)).size).toBe(1);
    await until(() => views.health().every((it) => it.ready));
  });
});

describe('an event of another build', () => {
  it('stops the projector where it is the service’s own, until a build that knows it comes', async () => {
    const { append, start, shown, pool } = await setUp();
    await append([placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'a')]);
    await pool.query(`update events set type = 'guanxi.shop.v1.OrderForgotten' where position = 2`);
    const views = await start();
    const reason = "own event guanxi.shop.v1.OrderForgotten is not in this build's contract";
    await until(() => views.health().every((it) => !it.ready && it.reason === reason));
    expect((await shown(orderView)).size).toBe(1);
    await pool.query(`update events set type = '${types.placed}' where position = 2`);
    views.appended(3);
    await until(() => views.health().every((it) => it.ready));
    expect((await shown(orderView)).size).toBe(3);
  });

  it('stops it too where only its schema version is newer', async () => {
    const { append, start, pool } = await setUp();
    await append([placed(randomUUID(), 1, 'a')]);
    await pool.query(`update events set record = replace(record::text, '"schemaversion":1', '"schemaversion":2')::json`);
    const views = await start();
    await until(() => views.health().every((it) => it.reason === 'own event guanxi.shop.v1.OrderPlaced at 1 cannot be read by this build'));
  });

  it('is passed over where it was received: unknown, unreadable, or newer', async () => {
    const { append, receive, start, shown, pool, warned } = await setUp();
    await receive([opened('a', 'one'), opened('a', 'two'), opened('a', 'three'), opened('a', 'four')]);
    await pool.query(`update received set type = 'guanxi.bank.v1.Unheard' where seq = 1`);
    await pool.query(`update received set type = 'unreadable', record = 'bm90IEpTT04=' where seq = 2`);
    await pool.query(`update received set record = 'not json' where seq = 3`);
    const views = await start();
    const head = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await views.settled([types.placed], head);
    expect((await shown(accountView)).get('a')).toMatchObject({ name: 'four', orders: 1 });
    expect(warned).toContainEqual(['received records passed over', { count: 1 }]);
  });
});
