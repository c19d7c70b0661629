import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { customerQueries } from './customer.queries.js';
import { interaction } from './interaction.decider.js';
import { interactionQueries } from './interaction.queries.js';
import { interactionView } from './interaction.view.js';
import { timelineQueries } from './timeline.queries.js';
import { timelineView } from './timeline.view.js';

/** Every contact with a customer, and the timeline. */
export const interactions: ServiceDefinition = { name: 'interactions', deciders: [interaction], views: [interactionView, timelineView] };

/** What it answers besides commands. */
export const queries = [interactionQueries, timelineQueries, customerQueries];
