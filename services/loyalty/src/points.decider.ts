import { PointsCommands, PointsEvent, type PointsLot } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { compare, minus, plus } from '@guanxi/event-sourcing/amount';
import { decider } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { expiryOf, least, merged, pointsOf, sumOf, take, without } from './points.rules.js';

/** An order that earned points, until they expire: what comes back later changes no points any more, so the list has an end. */
interface Counted {
  readonly orderId: string;
  readonly version: number;
  readonly currency: string;
  readonly amountMinor: string;
  readonly points: string;
  readonly until: string;
}
/** A redemption, while some of its points could return. */
interface Spent {
  readonly number: number;
  readonly taken: readonly PointsLot[];
  readonly until: string;
}
interface State {
  /** What is left of them, the oldest first. */
  readonly lots: readonly PointsLot[];
  readonly debt: string;
  readonly orders: readonly Counted[];
  readonly redemptions: number;
  readonly spent: readonly Spent[];
}
const none: State = { lots: [], debt: '0', orders: [], redemptions: 0, spent: [] };

const current = <T extends { readonly until: string }>(all: readonly T[], now: string): readonly T[] =>
  all[0] && all[0].until <= now ? all.filter((it) => it.until > now) : all;

const countedOrder = ({ orders }: State, orderId: string, now: string): Counted | undefined =>
  orders.find((it) => it.orderId === orderId && it.until > now);

interface Worth {
  readonly accountId: string;
  readonly orderId: string;
  readonly orderVersion: number;
  readonly currency: string;
  readonly amountMinor: string;
}

/** The difference between what the order is worth in points now and what was counted before. */
const recounted = (state: State, worth: Worth, before: string, lotId: string, now: string) => {
  const { orderId, currency, amountMinor } = worth;
  const change = minus(pointsOf(currency, amountMinor), before);
  if (compare(change, '0') > 0)
    return { pointsEarned: { ...worth, lotId, points: change, debtPaid: least(change, state.debt), earnedAt: now, expiresAt: expiryOf(now) } };
  const points = minus('0', change);
  const own = state.lots.filter((it) => it.orderId === orderId);
  const others = state.lots.filter((it) => it.orderId !== orderId);
  return { pointsReversed: { ...worth, points, ...take([...own, ...others], points) } };
};

/** What a customer earned and what is left of it: never below nothing, the oldest spent first. */
export const pointsAccount = decider({
  stream: 'pointsAccount',
  version: 1,
  keyedBy: ['accountId'],
  commands: PointsCommands,
  events: PointsEvent,
  initial: none,
  creates: ['earnPoints', 'adjustPoints', 'expireLot', 'redeem', 'voidRedemption'],
  decide: {
    earnPoints: ({ accountId, orderId, orderVersion, eventId, currency, amountMinor }, state, { now }) => {
      const known = countedOrder(state, orderId, now);
      const worthless = !known && pointsOf(currency, amountMinor) === '0';
      if (worthless || (known && known.version >= orderVersion)) return [];
      return [recounted(state, { accountId, orderId, orderVersion, currency, amountMinor }, known?.points ?? '0', eventId, now)];
    },
    adjustPoints: ({ accountId, orderId, orderVersion, eventId, changeMinor }, state, { now }) => {
      const known = countedOrder(state, orderId, now);
      if (!known || known.version >= orderVersion) return [];
      const { currency } = known;
      const amountMinor = plus(known.amountMinor, changeMinor);
      return [recounted(state, { accountId, orderId, orderVersion, currency, amountMinor }, known.points, eventId, now)];
    },
    expireLot: ({ accountId, lotId }, { lots }, { now }) => {
      const lot = lots.find((it) => it.lotId === lotId);
      if (!lot) return [];
      // The timer is asked again: clocks may differ by a moment.
      if (lot.expiresAt > now) throw new Rejection('lot-not-due', 'unavailable', 'The points have not expired yet.');
      return [{ pointsExpired: { accountId, lotId, points: lot.points } }];
    },
    redeem: ({ accountId = '', points, reward }, { lots, redemptions }, { now }) => {
      // A timer may be late.
      const usable = lots.filter((it) => it.expiresAt > now);
      const { taken, shortage } = take(usable, points);
      if (shortage === '0') return [{ pointsRedeemed: { accountId, number: redemptions + 1, points, taken, reward } }];
      const detail = `There are ${sumOf(usable)} points.`;
      const errors = [{ field: 'points', rule: 'points-insufficient', message: detail }];
      throw new Rejection('points-insufficient', 'conflict', detail, { errors });
    },
    voidRedemption: ({ accountId = '', number, reason }, { spent, debt }, { now }) => {
      const found = spent.find((it) => it.number === number && it.until > now);
      if (!found) throw new Rejection('redemption-not-found', 'not-found', 'There is no such redemption, or it is void, or all its points expired.');
      const usable = found.taken.filter((it) => it.expiresAt > now);
      const points = sumOf(found.taken);
      const debtPaid = least(sumOf(usable), debt);
      const returned = without(usable, take(usable, debtPaid).taken);
      return [{ redemptionVoided: { accountId, number, points, returned, debtPaid, expired: minus(points, sumOf(usable)), reason } }];
    },
  },
  evolve: {
    pointsEarned: (state, { lotId, points, debtPaid, orderId, orderVersion, currency, amountMinor, earnedAt, expiresAt }) => {
      const known = countedOrder(state, orderId, earnedAt);
      const orders = current(state.orders, earnedAt);
      const counted = plus(known?.points ?? '0', points);
      const left = minus(points, debtPaid);
      return {
        ...state,
        lots: left === '0' ? state.lots : [...state.lots, { lotId, orderId, points: left, earnedAt, expiresAt }],
        debt: minus(state.debt, debtPaid),
        orders: [
          ...(known ? orders.filter((it) => it !== known) : orders),
          { orderId, version: orderVersion, currency, amountMinor, points: counted, until: expiresAt },
        ],
        spent: current(state.spent, earnedAt),
      };
    },
    pointsReversed: (state, { orderId, orderVersion, currency, amountMinor, points, taken, shortage }) => ({
      ...state,
      lots: without(state.lots, taken),
      debt: plus(state.debt, shortage),
      orders: state.orders.map((it) =>
        it.orderId === orderId ? { ...it, version: orderVersion, currency, amountMinor, points: minus(it.points, points) } : it,
      ),
    }),
    pointsRedeemed: (state, { number, taken }) => {
      const lots = new Map(state.lots.map((it) => [it.lotId, it]));
      const from = taken.flatMap(({ lotId, points }) => {
        const lot = lots.get(lotId);
        return lot ? [{ ...lot, points }] : [];
      });
      return {
        ...state,
        lots: without(state.lots, taken),
        redemptions: number,
        spent: [...state.spent, { number, taken: from, until: from.at(-1)?.expiresAt ?? '' }],
      };
    },
    redemptionVoided: (state, { number, returned, debtPaid }) => ({
      ...state,
      lots: merged(state.lots, returned),
      debt: minus(state.debt, debtPaid),
      spent: state.spent.filter((it) => it.number !== number),
    }),
    pointsExpired: (state, { lotId }) => ({ ...state, lots: state.lots.filter((it) => it.lotId !== lotId) }),
  },
});
