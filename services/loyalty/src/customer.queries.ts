import { CustomerQueries, type LoyaltySection } from '@guanxi/contracts/guanxi/loyalty/v1/customer';
import { sectionOf } from '@guanxi/service-kit/customer.section';
import { membershipView } from './membership.view.js';
import { pointsView } from './points.view.js';

/** Loyalty's section of the page of one customer. */
export const customerQueries = sectionOf(CustomerQueries, async (accountId, { read }): Promise<LoyaltySection> => {
  const [membership, points] = await Promise.all([read(membershipView).one(accountId), read(pointsView).one(accountId)]);
  return { membership, points };
});
