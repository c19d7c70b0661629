import { PointsEvent, Redemption } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { view } from '@guanxi/event-sourcing/view';

/** What each customer spent, one row a redemption. */
export const redemptionView = view(Redemption, {
  version: 1,
  table: 'redemptions',
  key: 'redemptionId',
  filters: ['accountId', 'redeemedAt'],
}).on(
  PointsEvent,
  {
    pointsRedeemed: (_, { accountId, number, points, reward }, { at }) => ({
      redemptionId: `${accountId}:${number}`,
      accountId,
      number,
      points,
      reward,
      redeemedAt: at,
    }),
    redemptionVoided: (row, { reason }) => row && { ...row, voidReason: reason },
  },
  (event) => ('number' in event ? `${event.accountId}:${event.number}` : undefined),
);
