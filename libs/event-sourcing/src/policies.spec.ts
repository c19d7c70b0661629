import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import type { Execute, PolicyCaller } from './policies.js';
import { policy } from './policy.js';
import { reactionsOf } from './reactions.js';
import { Rejection } from './rejection.js';
import { placed, types } from './testing/shop.database.js';
import { AccountEvent, OrderCommands } from './testing/shop.js';
import { shopTests, until } from './testing/shop.setup.js';
import { orderView, payAtOnce, shop } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const paying = { ...shop, policies: [payAtOnce] };
const events = `select record->>'id' as id, record->>'subject' as subject from events where type = $1 order by position`;

describe('a policy', () => {
  it('sends its command in its own name, with a key that a repeat has again, and carries the cause on', async () => {
    const { append, start, pool } = await setUp(paying);
    const callers: PolicyCaller[] = [];
    const views = await start((decider, method, command, caller) => {
      callers.push(caller);
      expect([decider.stream, method, command]).toEqual(['order', 'payOrder', { orderId: stream, amount: '5' }]);
      return Promise.resolve({ position: '1' });
    });
    const stream = randomUUID();
    views.appended(await append([placed(stream, 1, 'a')]));
    await until(() => callers.length === 1);
    const { rows } = await pool.query<{ id: string }>(events, [types.placed]);
    const cause = rows[0]?.id ?? '';
    expect(callers).toEqual([
      {
        subject: 'pay-at-once',
        kind: 'SYSTEM',
        role: '',
        segment: 'default',
        idempotencyKey: `${cause}:0`,
        wait: false,
        keepRefusal: true,
        causationId: cause,
      },
    ]);
  });

  it('begins at the head, and never looks at what was recorded before it came', async () => {
    const { append, start, ensure, pool, pay, shown } = await setUp();
    await append([placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'a')]);
    await ensure(paying);
    const views = await start(pay, { definition: paying });
    const stream = randomUUID();
    const head = await append([placed(stream, 1, 'a')]);
    views.appended(head);
    await until(async () => (await shown(orderView)).get(stream)?.['status'] === 'PAID');
    await until(() => views.health().every((it) => it.ready && it.lagMs === 0));
    expect((await pool.query(events, [types.paid])).rows).toMatchObject([{ subject: `it/${stream}` }]);
  });

  it('takes a refusal for an answer, and one that may pass for none', async () => {
    const { append, start, warned, shown, pay } = await setUp(paying);
    let busy = 3;
    const views = await start((decider, method, command, caller) => {
      if ((command as { amount: string }).amount === '13') return Promise.reject(new Rejection('no-luck', 'conflict', 'not that amount'));
      return busy-- > 0 ? Promise.reject(new Rejection('busy', 'unavailable', 'not now')) : pay(decider, method, command, caller);
    });
    const stream = randomUUID();
    views.appended(await append([placed(randomUUID(), 1, 'a', 13), placed(stream, 1, 'a')]));
    await until(async () => (await shown(orderView)).get(stream)?.['status'] === 'PAID');
    expect(busy).toBe(-1);
    expect(warned).toEqual([['commands of policies refused', { count: 1 }]]);
    expect(views.health().every((it) => it.reason === undefined)).toBe(true);
  });

  it('keeps the checkpoint where it was until its command is answered', async () => {
    const { append, start, shown, pay } = await setUp(paying);
    let broken = true;
    let tries = 0;
    const execute: Execute = (...wish) => {
      tries++;
      return broken ? Promise.reject(new Error('lost connection')) : pay(...wish);
    };
    const views = await start(execute);
    const stream = randomUUID();
    views.appended(await append([placed(stream, 1, 'a')]));
    await until(() => tries > 2);
    expect(await shown(orderView)).toEqual(new Map());
    broken = false;
    await until(async () => (await shown(orderView)).get(stream)?.['status'] === 'PAID');
  });

  it('must react to events of its view’s sources only', () => {
    const careless = policy('careless', OrderCommands, orderView).on(AccountEvent, {});
    expect(() => reactionsOf(orderView, [careless])).toThrow(
      'policy careless reacts to guanxi.bank.v1.AccountEvent, which its view shop_order does not name',
    );
  });
});
