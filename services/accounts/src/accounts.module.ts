import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { possibleDuplicate } from './account.advice.js';
import { account } from './account.decider.js';
import { accountQueries } from './account.queries.js';
import { accountView } from './account.view.js';
import { lastToLeave, peopleView } from './contact.advice.js';
import { contact } from './contact.decider.js';
import { contactQueries } from './contact.queries.js';
import { contactView } from './contact.view.js';
import { customerQueries } from './customer.queries.js';
import { firstOrder } from './first-order.policy.js';
import { nameView } from './name.view.js';
import { openComplaintView } from './open-complaint.view.js';
import { order } from './order.decider.js';
import { orderQueries } from './order.queries.js';
import { orderView } from './order.view.js';
import { searchQueries } from './search.queries.js';
import { searchView } from './search.view.js';
import { turnoverView } from './turnover.view.js';

/** Who the customer is, and what they bought. */
export const accounts: ServiceDefinition = {
  name: 'accounts',
  deciders: [account, contact, order],
  views: [accountView, contactView, peopleView, orderView, turnoverView, nameView, openComplaintView, searchView],
  policies: [firstOrder],
  advice: [...possibleDuplicate, lastToLeave],
};

/** What it answers besides commands. */
export const queries = [accountQueries, contactQueries, customerQueries, orderQueries, searchQueries];
