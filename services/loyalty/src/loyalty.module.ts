import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { optOutsView } from '@guanxi/protection/opt-outs.view';
import { customerQueries } from './customer.queries.js';
import { earning } from './earning.policy.js';
import { expiry } from './expiry.policy.js';
import { membership } from './membership.decider.js';
import { membershipQueries } from './membership.queries.js';
import { membershipView } from './membership.view.js';
import { pointsAccount } from './points.decider.js';
import { pointsQueries } from './points.queries.js';
import { pointsView } from './points.view.js';
import { redemptionView } from './redemption.view.js';

/** Members, and the points they earn, redeem and lose. */
export const loyalty: ServiceDefinition = {
  name: 'loyalty',
  deciders: [membership, pointsAccount],
  views: [membershipView, pointsView, redemptionView, optOutsView],
  policies: [earning, expiry],
};

/** What it answers besides commands. */
export const queries = [membershipQueries, pointsQueries, customerQueries];
