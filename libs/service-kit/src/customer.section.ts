import type { DescService } from '@bufbuild/protobuf';
import type { Of } from '@guanxi/contracts/of';
import { queriesOf, type RpcController } from './controllers.js';
import type { Reading } from './kit.js';

/** The one rpc of every service's `CustomerQueries`. */
interface GetsCustomer {
  getCustomer: { readonly accountId: string };
}

/**
 * A service's section of the page of one customer: `CustomerQueries.GetCustomer` of its `customer.proto`, whose answer is
 * `CustomerSection { guanxi.common.v1.Freshness freshness = 1; <Data> data = 2; }`. This is all that a service writes, in
 * `customer.queries.ts`, listed among the module's `queries`:
 *
 *     export const customerQueries = sectionOf(CustomerQueries, async (accountId, { read }): Promise<LoyaltySection> => ({
 *       membership: await read(membershipView).one(accountId),
 *       points: await read(pointsView).one(accountId),
 *     }));
 *
 * `data` is plain JSON by the contract. An account that the service has not heard of is an empty section, not a refusal; only
 * accounts refuses it (`read(accountView).get(accountId)`), which makes the page 404. The rpc has no http route; its access
 * policy decides who sees the section: the page shows it as WITHHELD to others.
 *
 * As of a moment only the streams are folded of which an event names the customer; so `data` reads rows that such events alone make.
 */
export const sectionOf = <Q extends GetsCustomer>(
  service: Of<Q, DescService>,
  data: (accountId: string, reading: Reading) => Promise<object>,
): RpcController =>
  queriesOf<GetsCustomer>(
    service,
    {
      // Looked at before the rows are: what they hold can only be newer.
      getCustomer: async ({ accountId }, reading) => {
        const fresh = reading.freshness();
        const wasParked = await reading.isParked(accountId);
        const rows = await data(accountId, reading);
        // As of a moment it is known only once the rows were folded.
        const staleReason = fresh.staleReason || (wasParked || (await reading.isParked(accountId)) ? 'parked' : '');
        return { freshness: { ...fresh, staleReason }, data: rows };
      },
    },
    ({ accountId }) => accountId,
  );
