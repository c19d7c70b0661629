import { MembershipQueries } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { membershipView } from './membership.view.js';

/** Answers about memberships, from their rows. */
export const membershipQueries = queriesOf(MembershipQueries, {
  getMembership: ({ accountId }, { read }) => read(membershipView).get(accountId),
  listMemberships: async ({ status, programme, ...page }, { read }) => {
    const { rows, nextPageToken } = await read(membershipView).list({ status, programme }, page);
    return { memberships: rows, nextPageToken };
  },
});
