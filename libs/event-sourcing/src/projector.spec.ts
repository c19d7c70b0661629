import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { shopDatabase, type Told } from './testing/shop.database.js';
import { accountView, orderView, shop } from './testing/shop.views.js';
import { startViews, type Views } from './views.js';

const never = () => Promise.reject(new Error('no policy here'));
const placed = (stream: string, version: number, account: string, amount = 5): Told => ({
  stream,
  version,
  event: { orderPlaced: { accountId: account, amount: String(amount), placedAt: '2026-11-22T08:00:00.000Z', tags: ['a"b', 'c\\,d'] } },
});
const opened = (account: string, name: string): Told => ({ stream: account, version: 1, event: { accountOpened: { accountId: account, name } } });

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const setUp = async (processes = 1) => {
  const database = await freshDatabase();
  ends.push(() => database.drop());
  const db = await shopDatabase(database.url, shop);
  ends.push(() => db.end());
  const views: Views[] = [];
  for (let n = 0; n < processes; n++) {
    const it = await startViews({ definition: shop, url: database.url, pool: db.pool, execute: never });
    ends.push(() => it.stop());
    views.push(it);
  }
  return { ...db, views, url: database.url, types: ['guanxi.shop.v1.OrderPlaced'] };
};

describe('a projector', () => {
  it('shows a command’s effect once the views that name its event have settled', async () => {
    const { append, views, shown, types } = await setUp();
    const stream = randomUUID();
    const position = await append([placed(stream, 1, 'a')]);
    views[0]?.appended(position);
    await views[0]?.settled(types, position);
    expect((await shown(orderView)).get(stream)).toMatchObject({ accountId: 'a', status: 'PLACED', amount: '5', tags: ['a"b', 'c\\,d'] });
    expect((await shown(accountView)).get('a')).toMatchObject({ orders: 1, amount: '5' });
    expect(await views[0]?.one(orderView, stream)).toMatchObject({ accountId: 'a' });
  });

  it('mixes own and received events in the order in which they were recorded', async () => {
    const { append, receive, views, shown, folded, types } = await setUp();
    const streams = Array.from({ length: 40 }, () => randomUUID());
    let head = 0;
    for (const [n, stream] of streams.entries()) {
      head = await append([placed(stream, 1, `a${n % 3}`), placed(stream, 2, `a${n % 3}`, n)]);
      await receive([opened(`a${n % 3}`, `name ${n}`)]);
      if (n % 7 === 0) views[0]?.appended(head);
    }
    views[0]?.received();
    await views[0]?.settled(types, head);
    head = await append([placed(randomUUID(), 1, 'a0')]);
    views[0]?.appended(head);
    await views[0]?.settled(types, head);
    expect(await shown(accountView)).toEqual(await folded(accountView));
    expect(await shown(orderView)).toEqual(await folded(orderView));
  });

  it('deletes a row that a fold gives up', async () => {
    const { append, views, shown } = await setUp();
    const stream = randomUUID();
    const head = await append([placed(stream, 1, 'a'), { stream, version: 2, event: { orderVoided: { reason: 'r' } } }]);
    views[0]?.appended(head);
    await views[0]?.settled(['guanxi.shop.v1.OrderVoided'], head);
    expect(await shown(orderView)).toEqual(new Map());
  });
});
