import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { compareGenerations } from './rebuild.compare.js';
import { rebuilds } from './rebuild.js';
import { opened, placed } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accounts, accountView, orderView, shop } from './testing/shop.views.js';
import { ensureViews } from './view.ensure.js';
import { swap } from './view.swap.js';

const { setUp: prepare, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const setUp = async () => {
  const db = await prepare();
  await db.receive([opened(accounts[0], 'Wang'), opened(accounts[1], 'Li')]);
  await db.append(Array.from({ length: 40 }, (_, n) => placed(randomUUID(), 1, accounts[n % 2] ?? '', n)));
  const views = await db.start();
  await until(() => views.health().every((part) => part.ready && part.lagMs === 0));
  const all = rebuilds(db.pool, shop, () => views.lookUp());
  const states = async () => (await all.list('shop_account')).map(({ generation, state }) => `${generation} ${state}`);
  const tables = async () =>
    (
      await db.pool.query<{ relname: string }>(`select relname from pg_class where relkind = 'r' and relname like 'shop_account%' order by 1`)
    ).rows.map((row) => row.relname);
  return { ...db, views, all, states, tables };
};

const compare = async (url: string) => compareGenerations(url, 'shop_account', 10, () => undefined);

describe('a rebuild of a view', () => {
  it('fills a new generation, swaps it in, and keeps the old one until the next', async () => {
    const { all, states, tables, shown, folded, pool } = await setUp();
    await pool.query(`update shop_account_v1_g1 set row = '{"accountId": "spoilt"}'`);
    const [, begun] = await all.begin('shop_account', false);
    expect(begun).toMatchObject({ view: 'shop_account', version: 1, generation: 2, total: 42, wanted: 1 });
    await until(async () => (await states()).join() === '1 kept,2 live');
    expect(await shown(accountView)).toEqual(await folded(accountView));
    await all.begin('shop_account', false);
    await until(async () => (await states()).join() === '2 kept,3 live');
    expect(await tables()).toEqual(['shop_account_v1_g2', 'shop_account_v1_g3']);
    const { rows } = await pool.query(`select count(distinct (reloptions, relnatts)) as shapes from pg_class where relname ~ '^shop_account_v1_g.$'`);
    expect(rows).toEqual([{ shapes: '1' }]);
    const indexes = `select count(*) as n from pg_indexes where tablename ~ '^shop_account_v1_g.$' group by tablename`;
    expect((await pool.query(indexes)).rows).toEqual([{ n: '2' }, { n: '2' }]);
  });

  it('goes back to the generation before, brought up to now, and forth again', async () => {
    const { all, states, append, shown, folded, views } = await setUp();
    await expect(all.back('shop_account')).rejects.toMatchObject({ slug: 'nothing-kept', kind: 'conflict' });
    await all.begin('shop_account', false);
    await until(async () => (await states()).join() === '1 kept,2 live');
    views.appended(await append([placed(randomUUID(), 1, accounts[0], 7)]));
    await all.back('shop_account');
    await until(async () => (await states()).join() === '1 live,2 kept');
    expect(await shown(accountView)).toEqual(await folded(accountView));
    views.appended(await append([placed(randomUUID(), 1, accounts[1], 8)]));
    await all.back('shop_account');
    await until(async () => (await states()).join() === '1 kept,2 live');
    await until(async () => (await shown(accountView)).get(accounts[1])?.['orders'] === 21);
    expect(await shown(accountView)).toEqual(await folded(accountView));
  });

  it('stands still when it is paused, goes on when it is resumed, and is gone when it is aborted', async () => {
    const { all, states, tables, append, views } = await setUp();
    await views.stop();
    await all.begin('shop_account', false);
    const [, paused] = await all.pause('shop_account');
    expect(paused).toMatchObject({ state: 'paused', done: 0, rate: 0, etaSeconds: undefined });
    expect((await all.pause('shop_account'))[1]).toMatchObject({ state: 'paused' });
    await expect(all.begin('shop_account', false)).rejects.toMatchObject({ slug: 'rebuild-waits' });
    await expect(all.back('shop_account')).rejects.toMatchObject({ slug: 'rebuild-waits' });
    await append([placed(randomUUID(), 1, accounts[0])]);
    expect((await all.resume('shop_account'))[1]).toMatchObject({ state: 'filling' });
    expect((await all.resume('shop_account'))[1]).toMatchObject({ state: 'filling' });
    expect((await all.begin('shop_account', true))[1]).toMatchObject({ state: 'filling', generation: 2, compare: true });
    await all.abort('shop_account');
    expect([await states(), await tables()]).toEqual([['1 live'], ['shop_account_v1_g1']]);
    for (const act of ['pause', 'resume', 'abort'] as const) await expect(all[act]('shop_account')).rejects.toMatchObject({ slug: 'rebuild-none' });
    await expect(all.begin('shop_nothing', false)).rejects.toMatchObject({ slug: 'view-unknown', kind: 'not-found' });
  });

  it('waits when it is to be compared, keeps up meanwhile, and tells rows and fields that differ but no value', async () => {
    const { all, states, append, pool, url, views } = await setUp();
    await expect(compare(url)).rejects.toMatchObject({ slug: 'rebuild-not-full' });
    await all.begin('shop_account', true);
    await until(async () => (await states()).join() === '1 live,2 filled');
    expect((await all.begin('shop_account', true))[1]).toMatchObject({ generation: 2, state: 'filled' });
    await expect(all.begin('shop_account', false)).rejects.toMatchObject({ slug: 'rebuild-waits' });
    const head = await append([placed(randomUUID(), 1, accounts[0], 7)]);
    views.appended(head);
    expect(await compare(url)).toEqual({
      ...{ live: 'shop_account_v1_g1', other: 'shop_account_v1_g2', position: head, seq: 2 },
      ...{ rows: 2, equal: 2, different: 0, missing: 0, extra: 0, differences: [] },
    });
    const insert = `insert into shop_account_v1_g1 (key, position, row) values ('aa', 1, '{}')`;
    await pool.query(`${insert}; insert into shop_account_v1_g2 (key, position, row) values ('bb', 1, '{}')`);
    await pool.query(`update shop_account_v1_g1 set row = '{"accountId": "other", "seen": []}' where key = $1`, [accounts[0]]);
    const said = await compare(url);
    expect(said).toMatchObject({ rows: 3, equal: 1, different: 1, missing: 1, extra: 1 });
    expect(said.differences).toEqual([
      { key: accounts[0], kind: 'DIFFERENT', fields: ['accountId', 'amount', 'closed', 'name', 'orders', 'seen'] },
      { key: 'aa', kind: 'MISSING', fields: [] },
      { key: 'bb', kind: 'EXTRA', fields: [] },
    ]);
    await all.resume('shop_account');
    await until(async () => (await states()).join() === '1 kept,2 live');
  });

  it('takes the place of a view that stopped, and goes on from there', async () => {
    const { all, states, append, shown, folded, pool, views } = await setUp();
    await pool.query(`update checkpoints set reason = 'something is wrong' where name = 'shop_account_v1_g1'`);
    await until(() => views.health().some((part) => !part.ready));
    views.appended(await append([placed(randomUUID(), 1, accounts[0], 7)]));
    await all.begin('shop_account', false);
    await until(async () => (await states()).join() === '1 kept,2 live');
    await until(() => views.health().every((part) => part.ready && part.lagMs === 0));
    expect(await shown(accountView)).toEqual(await folded(accountView));
  });

  it('cannot drop or pause what went live at that moment', async () => {
    const { all, states, pool, views } = await setUp();
    await views.stop();
    for (const [act, after] of [
      ['abort', ['2 live']],
      ['pause', ['2 kept', '3 live']],
    ] as const) {
      await all.begin('shop_account', false);
      const found = await all.list('shop_account');
      const live = found.find((it) => it.state === 'live');
      const coming = found.find((it) => it.state === 'filling');
      const client = await pool.connect();
      await client.query('begin');
      await client.query('select from checkpoints where name = any($1) for update', [[live?.name, coming?.name]]);
      const asked = all[act]('shop_account').catch((error: unknown) => error);
      await until(async () => ((await pool.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)).rowCount ?? 0) > 0);
      await swap(client, 'shop_account', live?.name ?? '', coming?.name ?? '');
      client.release();
      await asked;
      expect(await states()).toEqual(after);
    }
  });

  it('is left alone by a build of another version, and a kept generation is dropped when it is a day old', async () => {
    const { all, states, pool, tables, ensure } = await setUp();
    const later = { ...accountView, options: { ...accountView.options, version: 2 } } as typeof accountView;
    const newer = rebuilds(pool, { ...shop, views: [orderView, later] });
    for (const act of [() => newer.begin('shop_account', false), () => newer.back('shop_account')])
      await expect(act()).rejects.toMatchObject({ slug: 'view-version-differs' });
    await ensure({ ...shop, views: [orderView, later] });
    await expect(newer.abort('shop_account')).rejects.toMatchObject({ slug: 'rebuild-needed' });
    await all.abort('shop_account');
    await all.begin('shop_account', false);
    await until(async () => (await states()).join() === '1 kept,2 live');
    await ensure(shop);
    expect(await states()).toEqual(['1 kept', '2 live']);
    await pool.query(`update checkpoints set updated_at = now() - interval '25 hours' where state = 'kept'`);
    await ensure(shop);
    expect([await states(), await tables()]).toEqual([['2 live'], ['shop_account_v1_g2']]);
  });

  it('needs no rights that a service does not have', async () => {
    const { pool } = await setUp();
    const role = `"app ${randomUUID()}"`;
    await pool.query(
      `create role ${role}; grant select, insert, update, delete on checkpoints to ${role}; grant select on events, received, parked, discarded to ${role}`,
    );
    const client = await pool.connect();
    try {
      await ensureViews(client, shop, role.slice(1, -1));
      await client.query(`set role ${role}`);
      const mine = {
        connect: () => Promise.resolve({ query: client.query.bind(client), release: () => undefined }),
        query: client.query.bind(client),
      };
      const [, begun] = await rebuilds(mine as unknown as typeof pool, shop).begin('shop_account', false);
      await client.query(`insert into ${begun?.name} (key, position, row) values ('a', 1, '{}')`);
      await expect(client.query(`drop table ${begun?.name}`)).rejects.toThrow('must be owner');
      for (const name of ['events', '.*', 'shop_nothing'])
        await expect(client.query('select begin_generation($1, current_user)', [name])).rejects.toThrow();
      expect((await client.query(`select drop_generations('events')`)).rows).toEqual([]);
    } finally {
      await client.query('reset role');
      await client.query(`drop owned by ${role}; drop role ${role}`);
      client.release();
    }
  });
});
