import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { placed } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accountView, orderView, payAtOnce, shop } from './testing/shop.views.js';
import { ensureViews, generations } from './view.ensure.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const later = {
  ...orderView,
  options: { ...orderView.options, version: 2, filters: ['status'] as (typeof orderView.options)['filters'] },
} as typeof orderView;

describe('making what views need', () => {
  it('can be done again and again, by several processes at once', async () => {
    const { ensure, pool } = await setUp();
    const newer = { ...shop, views: [later, accountView], policies: [{ ...payAtOnce, view: later }] };
    await Promise.all([ensure(newer), ensure(newer), ensure(shop), ensure(newer)]);
    const { rows } = await pool.query('select name, version, generation, state from checkpoints order by name');
    expect(rows).toEqual([
      { name: 'policy pay-at-once', version: 1, generation: 0, state: 'policy' },
      { name: 'shop_account_v1_g1', version: 1, generation: 1, state: 'live' },
      { name: 'shop_order_v1_g1', version: 1, generation: 1, state: 'live' },
      { name: 'shop_order_v2_g2', version: 2, generation: 2, state: 'filling' },
    ]);
  });

  it('leaves nothing half-made where it fails', async () => {
    const { pool } = await setUp({ ...shop, views: [] });
    const client = await pool.connect();
    const clashing = { ...orderView, options: { ...orderView.options, table: 'events' } } as typeof orderView;
    await expect(ensureViews(client, { ...shop, views: [accountView, clashing] }, 'postgres')).rejects.toThrow();
    expect((await client.query('select from checkpoints')).rowCount).toBe(0);
    expect((await client.query(`select from pg_class where relname like 'shop%'`)).rowCount).toBe(0);
    client.release();
  });

  it('lets a role that owns nothing fold, fill and swap, and nothing else', async () => {
    const { append, start, pool, pay, url } = await setUp({ ...shop, views: [] });
    const role = `app ${randomUUID()}`;
    const owner = new Client(url);
    await owner.connect();
    await owner.query(`create role "${role}" login`);
    await owner.query(
      `grant select, insert, update, delete on checkpoints, timers to "${role}"; grant select on events, received, parked, discarded to "${role}"`,
    );
    const app = new URL(url);
    app.username = encodeURIComponent(role);
    const first = { ...shop, views: [orderView] };
    await ensureViews(owner, first, role);
    await append([placed(randomUUID(), 1, 'a')]);
    const other = new Client(app.href);
    try {
      const old = await start(pay, { definition: first, url: app.href });
      await until(() => old.health().every((it) => it.ready));
      await ensureViews(owner, { ...shop, views: [later] }, role);
      const views = await start(pay, { definition: { ...shop, views: [later] }, url: app.href });
      await until(() => views.health().every((it) => it.ready));
      expect(await generations(pool, 'shop_order')).toMatchObject([{ name: 'shop_order_v2_g2', state: 'live', position: 1 }]);
      await other.connect();
      const columns = await other.query(`select * from shop_order`);
      expect(columns.fields.map((it) => it.name)).toEqual(['key', 'position', 'row', 'status', 'paid_up']);
      expect(columns.rowCount).toBe(1);
      for (const refused of [
        'drop table shop_order_v2_g2',
        'drop view shop_order',
        `select show_generation('shop_order', 'events', current_user::text)`,
        'create index on shop_order_v2_g2 (position)',
      ])
        await expect(other.query(refused)).rejects.toThrow(/must be owner|is no generation/);
      await Promise.all([old.stop(), views.stop()]);
    } finally {
      await other.end();
      await owner.query(`drop owned by "${role}"; drop role "${role}"`);
      await owner.end();
    }
  });
});
