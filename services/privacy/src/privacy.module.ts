import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { optOutsView } from '@guanxi/protection/opt-outs.view';
import { consentExpiry } from './consent-expiry.policy.js';
import { consent } from './consent.decider.js';
import { consentQueries } from './consent.queries.js';
import { consentView } from './consent.view.js';
import { customerQueries } from './customer.queries.js';
import { dataSubject } from './data-subject.decider.js';
import { subjectQueries } from './data-subject.queries.js';
import { dataSubjectView } from './data-subject.view.js';
import { openSubject } from './open-subject.policy.js';
import { optOuts } from './opt-outs.decider.js';
import { optOutQueries } from './opt-outs.queries.js';

/** What customers allow, and what they opted out of. */
export const privacy: ServiceDefinition = {
  name: 'privacy',
  deciders: [optOuts, consent, dataSubject],
  views: [optOutsView, consentView, dataSubjectView],
  policies: [consentExpiry, openSubject],
};

/** What it answers besides commands. */
export const queries = [optOutQueries, consentQueries, subjectQueries, customerQueries];
