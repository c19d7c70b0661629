import type { PointsEarned, PointsLot } from '@guanxi/contracts/guanxi/loyalty/v1/points';

/** Ids and events for specs. */
export const accountId = '00000000-0000-7000-8000-00000000000a';
export const earnedAt = '2026-11-22T08:00:00.000Z';
export const expiresAt = '2028-11-22T08:00:00.000Z';

/** The n-th order's id. */
export const orderId = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
/** The n-th event's id, which names a lot. */
export const eventId = (n: number) => `00000000-0000-7000-9000-00000000000${n}`;

/** The n-th order earned so many points, in CNY. */
export const earned = (n: number, points: string, more: Partial<PointsEarned> = {}) => ({
  pointsEarned: {
    accountId,
    lotId: eventId(n),
    points,
    debtPaid: '0',
    orderId: orderId(n),
    orderVersion: 1,
    currency: 'CNY',
    amountMinor: `${points}77`,
    earnedAt,
    expiresAt,
    ...more,
  },
});

/** The lot of the n-th order, with so much left. */
export const lot = (n: number, points: string): PointsLot => ({ lotId: eventId(n), orderId: orderId(n), points, earnedAt, expiresAt });

/** So many points were spent, from these orders' lots. */
export const redeemed = (number: number, points: string, ...taken: [n: number, points: string][]) => ({
  pointsRedeemed: { accountId, number, points, taken: taken.map(([n, some]) => ({ lotId: eventId(n), points: some })) },
});

/** The n-th order is worth less. */
export const reversed = (
  n: number,
  orderVersion: number,
  amountMinor: string,
  points: string,
  shortage: string,
  ...taken: [n: number, points: string][]
) => ({
  pointsReversed: {
    accountId,
    orderId: orderId(n),
    orderVersion,
    currency: 'CNY',
    amountMinor,
    points,
    shortage,
    taken: taken.map(([of, some]) => ({ lotId: eventId(of), points: some })),
  },
});

/** What was left of the n-th order's lot was not spent in time. */
export const expired = (n: number, points: string) => ({ pointsExpired: { accountId, lotId: eventId(n), points } });
