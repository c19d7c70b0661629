import { OptOutQueries } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { noOptOuts, optOutsView } from '@guanxi/protection/opt-outs.view';
import { queriesOf } from '@guanxi/service-kit/controllers';

/** Answers about opt-outs. Whoever said nothing refuses nothing, also a customer that nobody here has heard of yet. */
export const optOutQueries = queriesOf(OptOutQueries, {
  getOptOuts: async ({ accountId }, { read }) => (await read(optOutsView).one(accountId)) ?? noOptOuts(accountId.toLowerCase()),
  listOptOuts: async ({ optOut, ...page }, { read }) => {
    const { rows, nextPageToken } = await read(optOutsView).list({ refused: optOut }, page, 'updatedAt');
    return { optOuts: rows, nextPageToken };
  },
});
