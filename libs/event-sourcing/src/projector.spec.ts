import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { opened, placed, types } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { accountView, orderView } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

describe('a projector', () => {
  it('shows a command’s effect once the views that name its event have settled', async () => {
    const { append, start, shown } = await setUp();
    const views = await start();
    const stream = randomUUID();
    const position = await append([placed(stream, 1, 'a')]);
    views.appended(position);
    await views.settled([types.placed], position);
    expect((await shown(orderView)).get(stream)).toMatchObject({ accountId: 'a', status: 'PLACED', amount: '5' });
    expect((await shown(accountView)).get('a')).toMatchObject({ orders: 1, amount: '5' });
    expect(await Promise.all([stream, 'no uuid', randomUUID()].map((it) => views.one(orderView, it)))).toMatchObject([
      { accountId: 'a' },
      undefined,
      undefined,
    ]);
  });

  it('mixes own and received events in the order in which they were recorded', async () => {
    const { append, receive, start, shown, folded } = await setUp();
    const views = await start();
    let head = 0;
    for (let n = 0; n < 40; n++) {
      const stream = randomUUID();
      head = await append([placed(stream, 1, `a${n % 3}`), placed(stream, 2, `a${n % 3}`, n)]);
      await receive([opened(`a${n % 3}`, `name ${n}`)]);
      if (n % 7 === 0) views.appended(head);
      if (n % 5 === 0) views.received();
    }
    head = await append([placed(randomUUID(), 1, 'a0')]);
    views.appended(head);
    await views.settled([types.placed], head);
    expect(await shown(accountView)).toEqual(await folded(accountView));
    expect(await shown(orderView)).toEqual(await folded(orderView));
  });

  it('tells of each batch what was folded into which views', async () => {
    const { append, start } = await setUp();
    const folded: [type: string, view: string][] = [];
    const views = await start(undefined, {
      onFolded: ({ events, moved }) =>
        events.forEach(({ type }) => moved.forEach((it) => it.types.has(type) && folded.push([type, it.view.options.table]))),
    });
    const position = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(position);
    await views.settled([types.placed], position);
    expect(folded.filter(([type]) => type === types.placed)).toEqual([
      [types.placed, orderView.options.table],
      [types.placed, accountView.options.table],
    ]);
  });

  it('deletes a row that a fold gives up', async () => {
    const { append, start, shown } = await setUp();
    const views = await start();
    const stream = randomUUID();
    const first = await append([placed(stream, 1, 'a')]);
    views.appended(first);
    await views.settled([types.placed], first);
    const second = await append([{ stream, version: 2, event: { orderVoided: { reason: 'r' } } }]);
    views.appended(second);
    await views.settled([types.voided], second);
    expect(await shown(orderView)).toEqual(new Map());
    expect(await views.one(orderView, stream)).toBeUndefined();
  });

  it('catches up with a long history at its start, and says so meanwhile', async () => {
    const { append, start, shown, folded } = await setUp();
    for (let n = 0; n < 5; n++) await append(Array.from({ length: 700 }, () => placed(randomUUID(), 1, `a${n}`)));
    const views = await start();
    expect(views.health().map(({ name, ready, reason }) => ({ name, ready, reason }))).toEqual([
      { name: 'view shop_order', ready: false, reason: 'catching up' },
      { name: 'view shop_account', ready: false, reason: 'catching up' },
    ]);
    await until(() => views.health().every((it) => it.ready && it.lagMs === 0));
    expect((await shown(orderView)).size).toBe(3_500);
    expect(await shown(accountView)).toEqual(await folded(accountView));
  });

  it('is ready where another process folds for it, and takes over when that one is gone', async () => {
    const { append, start, shown, pool } = await setUp();
    const first = await start();
    first.appended(await append([placed(randomUUID(), 1, 'a')]));
    await until(async () => (await shown(orderView)).size === 1);
    await first.stop();
    const other = await pool.connect();
    await other.query(`begin; select from checkpoints for update`);
    const views = await start();
    expect(views.health().every((it) => it.ready)).toBe(true);
    const head = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await views.settled([types.placed], head, 100);
    expect((await shown(orderView)).size).toBe(1);
    await other.query('rollback');
    other.release();
    await views.settled([types.placed], head);
    expect((await shown(orderView)).size).toBe(2);
  });

  it('finds what it was not told of by itself', async () => {
    const { append, start, shown } = await setUp();
    const views = await start();
    await until(() => views.health().every((it) => it.ready));
    await append([placed(randomUUID(), 1, 'a')]);
    await until(async () => (await shown(orderView)).size === 1);
  });

  it('writes durably nothing but what it can fold again: its commits do not wait for the disk', async () => {
    const { append, start, pool } = await setUp();
    await pool.query(`create table said (it text)`);
    await pool.query(
      `create function say() returns trigger language plpgsql as $$ begin insert into said values (current_setting('synchronous_commit') || ' ' || current_setting('transaction_timeout')); return new; end $$`,
    );
    await pool.query('create trigger say before insert on shop_order_v1_g1 for each row execute function say()');
    const views = await start();
    const head = await append([placed(randomUUID(), 1, 'a')]);
    views.appended(head);
    await views.settled([types.placed], head);
    expect((await pool.query('select it from said')).rows).toEqual([{ it: 'off 30s' }]);
  });
});
