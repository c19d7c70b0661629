import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { possibleDuplicate } from './account.advice.js';
import { account } from './account.decider.js';
import { accountQueries } from './account.queries.js';
import { accountView } from './account.view.js';
import { firstOrder } from './first-order.policy.js';
import { nameView } from './name.view.js';
import { order } from './order.decider.js';
import { orderQueries } from './order.queries.js';
import { orderView } from './order.view.js';
import { turnoverView } from './turnover.view.js';

/** Who the customer is, and what they bought. */
export const accounts: ServiceDefinition = {
  name: 'accounts',
  deciders: [account, order],
  views: [accountView, orderView, turnoverView, nameView],
  policies: [firstOrder],
  advice: possibleDuplicate,
};

/** What it answers besides commands. */
export const queries = [accountQueries, orderQueries];
