import { afterEach, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { rebuilds } from './rebuild.js';
import { placed } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accounts, accountView, shop } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const lastsMs = 6_000;

it('no read fails, none goes back and none misses what was settled, however often generations come and go', async () => {
  const { append, start, pool, url, folded, shown } = await setUp();
  const stream = '5b0c1d2e-0000-4000-8000-00000000000a';
  const views = await start();
  await until(() => views.health().every((it) => it.ready));
  const all = rebuilds(pool, shop, () => views.lookUp());
  let going = true;
  let version = 0;
  let settled = 0;
  const write = async (): Promise<void> => {
    while (going) {
      const head = await append([placed(stream, ++version, accounts[0])]);
      views.appended(head);
      await views.settled(['guanxi.shop.v1.OrderPlaced'], head, 10_000);
      settled = version;
    }
  };
  await append([placed(stream, ++version, accounts[0])]);
  await until(async () => (await shown(accountView)).size === 1);
  const readers = new Pool({ connectionString: url, max: 4 });
  let reads = 0;
  const read = async (named: boolean): Promise<void> => {
    let last = 0;
    while (going) {
      const least = Math.max(last, settled);
      // A prepared statement keeps its plan over swaps, one without a name is planned each time.
      const query = { text: `select (row->>'orders')::int as orders from shop_account where key = $1`, values: [accounts[0]] };
      const { rows } = await readers.query<{ orders: number }>(named ? { ...query, name: 'read' } : query);
      last = rows[0]?.orders ?? 0;
      if (last < least) throw new Error(`${last} orders, not ${least}`);
      reads++;
    }
  };
  const traffic = Promise.all([write(), read(true), read(true), read(false), read(false)]);
  const still = async (): Promise<boolean> => (await all.list('shop_account')).every(({ state }) => state === 'live' || state === 'kept');
  let swaps = 0;
  for (const end = Date.now() + lastsMs; Date.now() < end; swaps++) {
    if (swaps % 4 === 2) await all.back('shop_account');
    else await all.begin('shop_account', false);
    await until(still);
    // Drops the table that readers read a moment ago.
    if (swaps % 4 === 3) await all.abort('shop_account');
  }
  going = false;
  await traffic;
  await readers.end();
  expect([swaps > 5, reads > 100]).toEqual([true, true]);
  expect(await shown(accountView)).toEqual(await folded(accountView));
}, 40_000);
