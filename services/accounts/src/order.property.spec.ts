import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderEvent, type OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { AccountEvent, type Account } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { minus, plus, total } from '@guanxi/event-sourcing/amount';
import { caseOf, decide, evolve, type Context } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import type { OneOf } from '@guanxi/contracts/of';
import { accountView } from './account.view.js';
import { order } from './order.decider.js';
import { orderView } from './order.view.js';
import { turnoverView } from './turnover.view.js';

type Wish = OneOf<OrderCommands>;
interface Told {
  readonly stream: string;
  readonly event: OneOf<OrderEvent>;
}

const accountId = '00000000-0000-7000-8000-00000000000a';
const orderIds = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);

const product = fc.constantFrom('茶', 'cup', '__proto__');
const quantity = fc.constantFrom('0', '0.25', '1', '1.5', '3', '10.000001');
const amountMinor = fc.bigInt({ min: 0n, max: 5_000_000_000_000n }).map(String);
const someLines = fc.array(fc.record({ product, quantity, amountMinor }), { minLength: 1, maxLength: 4 });
const fewLines = fc.array(
  fc.record({ product, quantity: fc.constantFrom('0', '0.25', '1'), amountMinor: fc.bigInt({ min: 0n, max: 9n }).map(String) }),
  {
    minLength: 1,
    maxLength: 2,
  },
);
const instant = fc.integer({ min: 0, max: 3000 }).map((day) => new Date(day * 86_400_000).toISOString());
const adjustments = fc.array(
  fc.record({ type: fc.constantFrom('DISCOUNT' as const, 'TAX' as const), amountMinor: fc.integer({ min: -900, max: 900 }).map(String) }),
  {
    maxLength: 2,
  },
);

const wish = (orderId: string): fc.Arbitrary<Wish> =>
  fc.oneof(
    fc
      .record({ orderedAt: instant, currency: fc.constantFrom('CNY', 'USD'), lines: someLines, adjustments })
      .map((it) => ({ recordOrder: { ...it, accountId, externalRef: { system: 'shop', id: orderId } } })),
    fewLines.map((lines) => ({ returnOrder: { orderId, lines, returnedAt: '1999-01-01T00:00:00.000Z', reason: 'x' } })),
    fc.integer({ min: 1, max: 3 }).map((number) => ({ voidReturn: { orderId, number, reason: 'x' } })),
    fc.constant({ voidOrder: { orderId, reason: 'x' } }),
  );
const wishes = fc.array(
  fc.constantFrom(...orderIds).chain((stream) => wish(stream).map((it) => ({ stream, wish: it }))),
  { maxLength: 40 },
);

/** Decides one after another, as the executor does; what is refused leaves nothing behind. */
const lived = (all: readonly { stream: string; wish: Wish }[]): Told[] => {
  const streams = new Map<string, { state: unknown; version: number }>();
  return all.flatMap(({ stream, wish: it }) => {
    const { state, version } = streams.get(stream) ?? { state: order.initial, version: 0 };
    const context: Context = {
      id: stream,
      now: '2026-11-22T08:00:00.000Z',
      segment: 'default',
      actor: { subject: 'op-1', role: '' },
      exists: () => true,
    };
    try {
      const events = decide(order, ...caseOf(it), state, version, context) as OneOf<OrderEvent>[];
      streams.set(stream, {
        state: events.reduce<unknown>((s, event) => evolve(order, s, ...caseOf(event)), state),
        version: version + events.length,
      });
      return events.map((event) => ({ stream, event }));
    } catch (error) {
      if (error instanceof Rejection) return [];
      throw error;
    }
  });
};

const registered = { accountRegistered: { accountId, kind: 'PERSON', displayName: 'x', segmentId: 'default', lifecycle: 'POTENTIAL' } } as const;
const folded = (told: readonly Told[]) => {
  const accounts = story(accountView).tell(AccountEvent, accountId, registered);
  const [orders, turnovers] = [story(orderView), story(turnoverView)];
  for (const { stream, event } of told) for (const it of [accounts, orders, turnovers]) it.tell(OrderEvent, stream, event);
  return { trade: (accounts.row(accountId) as Account).trade, orders: orders.rows(), turnovers: turnovers.rows() };
};

/** The same sums without any of our folds: from the events alone. */
const ledger = (told: readonly Told[], currency: string) => {
  const of = (name: string) =>
    told.map(({ event }) => caseOf(event)).filter(([it, data]) => it === name && (data as { currency: string }).currency === currency);
  const sum = (name: string, field: string) => total(of(name).map(([, data]) => (data as Record<string, string>)[field] ?? '0'));
  const net = (field: string) =>
    plus(minus(minus(sum('orderRecorded', field), sum('orderReturned', field)), sum('orderVoided', field)), sum('returnVoided', field));
  return { orders: of('orderRecorded').length - of('orderVoided').length, quantity: net('quantity'), amountMinor: net('amountMinor') };
};

describe('whatever happens to the orders of an account', () => {
  it('recorded − returned − voided = trade, in the account, in the turnovers and over its orders', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const told = lived(all);
        const { trade, orders, turnovers } = folded(told);
        for (const { currency, orders: count, quantity: many, amountMinor: worth, returns } of trade) {
          expect({ orders: count, quantity: many, amountMinor: worth }).toEqual(ledger(told, currency));
          expect(turnovers.find((it) => it.currency === currency)).toMatchObject({ orders: count, returns, quantity: many, amountMinor: worth });
          const mine = orders.filter((it) => it.currency === currency && it.status !== 'VOIDED');
          expect(mine.length).toBe(count);
          expect(total(mine.map((it) => it.amountMinor))).toBe(worth);
          expect(total(mine.map((it) => it.quantity))).toBe(many);
          expect(mine.flatMap((it) => it.returns).filter((it) => it.voidReason === undefined).length).toBe(returns);
        }
        expect(turnovers.length).toBe(trade.length);
      }),
      { numRuns: 200 },
    );
  });
  it('no more comes back than was bought', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        for (const { lines, returns } of folded(lived(all)).orders)
          for (const name of ['茶', 'cup', '__proto__'])
            for (const field of ['quantity', 'amountMinor'] as const) {
              const of = (them: readonly { product: string; quantity: string; amountMinor: string }[]) =>
                them.filter((it) => it.product === name).map((it) => it[field]);
              const back = returns.filter((it) => it.voidReason === undefined).flatMap((it) => of(it.lines));
              expect(minus(total(of(lines)), total(back))).not.toMatch(/^-/);
            }
      }),
      { numRuns: 200 },
    );
  });
  it('a second fold of the same events gives the same rows', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const told = lived(all);
        expect(folded(told)).toEqual(folded(told));
      }),
      { numRuns: 50 },
    );
  });
});
