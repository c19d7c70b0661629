import fc from 'fast-check';
import type { OneOf } from '@guanxi/contracts/of';
import type { PointsCommands } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { compare, minus, plus } from '@guanxi/event-sourcing/amount';
import { accountId, orderId } from './story.js';

/** A command and when it comes. */
export interface Step {
  readonly now: string;
  readonly wish: OneOf<PointsCommands>;
}
/** What accounts knows of one order: nothing of ours. */
interface Order {
  readonly version: number;
  readonly currency: string;
  readonly amount: string;
  readonly returns: readonly string[];
  readonly live: boolean;
}
const unknown: Order = { version: 0, currency: '', amount: '0', returns: [], live: false };

const whats = ['order', 'order', 'return', 'return', 'voidReturn', 'voidOrder', 'redeem', 'voidRedemption', 'repeat'] as const;

/** What may happen next; `share` in thousandths picks a part of what there is. */
export interface Happening {
  readonly what: (typeof whats)[number];
  readonly order: number;
  readonly share: number;
  readonly amount: string;
  readonly days: number;
}

/** Lives of up to 60 happenings over many years. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...whats),
    order: fc.integer({ min: 1, max: 3 }),
    share: fc.integer({ min: 0, max: 1000 }),
    amount: fc.oneof(fc.integer({ min: -300, max: 3000 }), fc.integer({ min: 0, max: 2_000_000_000 })).map(String),
    days: fc.constantFrom(0, 0, 1, 40, 300),
  }),
  { maxLength: 60, size: 'max' },
);

const instant = (days: number): string => new Date(Date.UTC(2026, 10, 22) + days * 86_400_000).toISOString();
const id = (n: number): string => `00000000-0000-7000-9000-${n.toString().padStart(12, '0')}`;
const currencyOf = (share: number): string => ['CNY', 'JPY', 'KWD'][share % 3] ?? 'CNY';

/** What accounts tells of an order, by its own rules; undefined where it would refuse. The change is signed. */
const changes: Readonly<Record<string, (order: Order, it: Happening) => { change: string; after: Partial<Order> } | undefined>> = {
  return: ({ live, amount, returns }, { share }) => {
    if (!live || compare(amount, '0') < 0) return undefined;
    const back = String((BigInt(amount) * BigInt(share)) / 1000n);
    return { change: minus('0', back), after: { returns: [...returns, back] } };
  },
  voidReturn: ({ live, returns: [first, ...rest] }) => (live && first !== undefined ? { change: first, after: { returns: rest } } : undefined),
  voidOrder: ({ live, amount }) => (live ? { change: minus('0', amount), after: { returns: [], live: false } } : undefined),
};

/**
 * A life as commands reach a points account: of orders that keep accounts' rules, of people who spend, and of deliveries that repeat.
 * `worth` is what each order is worth at the end, by accounts' own books.
 */
export const lifeOf = (all: readonly Happening[]) => {
  const orders = new Map<string, Order>();
  const steps: Step[] = [];
  let days = 0;
  const wishFor = (it: Happening): Step['wish'] | undefined => {
    const { what, share, amount } = it;
    const facts = { accountId, orderId: orderId(it.order), eventId: id(steps.length) };
    const known = orders.get(facts.orderId) ?? unknown;
    const orderVersion = known.version + 1;
    if (what === 'redeem') return { redeem: { accountId, points: String(1 + share) } };
    if (what === 'voidRedemption') return { voidRedemption: { accountId, number: 1 + (share % 4), reason: 'x' } };
    if (what === 'repeat') return steps[share % Math.max(1, steps.length)]?.wish;
    if (what === 'order' && known.live) return undefined;
    if (what === 'order') {
      const currency = currencyOf(share);
      orders.set(facts.orderId, { version: orderVersion, currency, amount, returns: [], live: true });
      return { earnPoints: { ...facts, orderVersion, currency, amountMinor: amount } };
    }
    const told = changes[what]?.(known, it);
    if (!told) return undefined;
    orders.set(facts.orderId, { ...known, ...told.after, version: orderVersion, amount: plus(known.amount, told.change) });
    return { adjustPoints: { ...facts, orderVersion, changeMinor: told.change } };
  };
  for (const it of all) {
    days += it.days;
    const wish = wishFor(it);
    if (wish) steps.push({ now: instant(days), wish });
  }
  const worth = [...orders.values()].map(({ currency, amount }) => ({ currency, amount }));
  return { steps, worth };
};
