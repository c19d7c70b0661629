import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { optOutsView } from '@guanxi/protection/opt-outs.view';
import { complaint } from './complaint.decider.js';
import { complaintQueries } from './complaint.queries.js';
import { complaintView } from './complaint.view.js';
import { customerQueries } from './customer.queries.js';
import { rateQueries } from './rate.queries.js';
import { rateView } from './rate.view.js';

/** What customers complain of, and what became of it. */
export const complaints: ServiceDefinition = { name: 'complaints', deciders: [complaint], views: [complaintView, rateView, optOutsView] };

/** What it answers besides commands. */
export const queries = [complaintQueries, customerQueries, rateQueries];
