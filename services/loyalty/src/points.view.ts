import { MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { Points, PointsEvent } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { minus, plus } from '@guanxi/event-sourcing/amount';
import { view, type Column, type Meta } from '@guanxi/event-sourcing/view';
import { merged, sumOf, without } from './points.rules.js';

/** The points of a customer who has none. */
export const noPoints = (accountId: string): Points => ({
  accountId,
  balance: '0',
  lots: [],
  earned: '0',
  redeemed: '0',
  reversed: '0',
  expired: '0',
  debt: '0',
  version: 0,
});

const changed = (row: Points | undefined, accountId: string, { version, at }: Meta, change: (row: Points) => Partial<Points>): Points => {
  const before = row ?? noPoints(accountId);
  return { ...before, ...change(before), version, updatedAt: at };
};

const sum = (of: (row: Points) => string): Column<Points> => ({ type: 'bigint', of, indexed: false });

/** What each customer earned, spent, lost and has; a customer who ever enrolled has a row. */
export const pointsView = view(Points, {
  version: 1,
  table: 'points',
  key: 'accountId',
  columns: {
    balance: sum((row) => row.balance),
    earned: sum((row) => row.earned),
    redeemed: sum((row) => row.redeemed),
    reversed: sum((row) => row.reversed),
    expired: sum((row) => row.expired),
    debt: sum((row) => row.debt),
  },
})
  .of(
    PointsEvent,
    {
      pointsEarned: (row, { accountId, lotId, orderId, points, debtPaid, earnedAt, expiresAt }, meta) =>
        changed(row, accountId, meta, ({ balance, lots, earned, debt }) => {
          const left = minus(points, debtPaid);
          return {
            balance: plus(balance, left),
            lots: left === '0' ? lots : [...lots, { lotId, orderId, points: left, earnedAt, expiresAt }],
            earned: plus(earned, points),
            debt: minus(debt, debtPaid),
          };
        }),
      pointsReversed: (row, { accountId, points, taken, shortage }, meta) =>
        changed(row, accountId, meta, ({ balance, lots, reversed, debt }) => ({
          balance: minus(balance, minus(points, shortage)),
          lots: without(lots, taken),
          reversed: plus(reversed, points),
          debt: plus(debt, shortage),
        })),
      pointsRedeemed: (row, { accountId, points, taken }, meta) =>
        changed(row, accountId, meta, ({ balance, lots, redeemed }) => ({
          balance: minus(balance, points),
          lots: without(lots, taken),
          redeemed: plus(redeemed, points),
        })),
      redemptionVoided: (row, { accountId, points, returned, debtPaid, expired }, meta) =>
        changed(row, accountId, meta, (before) => ({
          balance: plus(before.balance, sumOf(returned)),
          lots: merged(before.lots, returned),
          redeemed: minus(before.redeemed, points),
          expired: plus(before.expired, expired),
          debt: minus(before.debt, debtPaid),
        })),
      pointsExpired: (row, { accountId, lotId, points }, meta) =>
        changed(row, accountId, meta, ({ balance, lots, expired }) => ({
          balance: minus(balance, points),
          lots: lots.filter((it) => it.lotId !== lotId),
          expired: plus(expired, points),
        })),
    },
    ({ accountId }) => accountId,
  )
  .on(MembershipEvent, { memberEnrolled: (row, { accountId }) => row ?? noPoints(accountId) });
