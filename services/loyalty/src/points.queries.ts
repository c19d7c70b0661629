import { PointsQueries, type PointsSummary } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { noPoints, pointsView } from './points.view.js';
import { redemptionView } from './redemption.view.js';

const nothing: PointsSummary = { accounts: 0, balance: '0', earned: '0', redeemed: '0', reversed: '0', expired: '0', debt: '0' };

/** Answers about points, from their rows. */
export const pointsQueries = queriesOf(PointsQueries, {
  getPoints: async ({ accountId }, { read }) => (await read(pointsView).one(accountId)) ?? noPoints(accountId.toLowerCase()),
  listRedemptions: async ({ accountId, ...page }, { read }) => {
    const { rows, nextPageToken } = await read(redemptionView).list({ accountId }, page, 'redeemedAt');
    return { redemptions: rows, nextPageToken };
  },
  summarizePoints: async (_, { sql }) => {
    const [summary] = await sql<PointsSummary>(
      `select count(*)::int as accounts, sum(balance)::text as balance, sum(earned)::text as earned, sum(redeemed)::text as redeemed,
              sum(reversed)::text as reversed, sum(expired)::text as expired, sum(debt)::text as debt
         from points having count(*) > 0`,
    );
    return summary ?? nothing;
  },
});
