import { CustomerQueries, type PrivacySection } from '@guanxi/contracts/guanxi/privacy/v1/customer';
import { noOptOuts, optOutsView } from '@guanxi/protection/opt-outs.view';
import { sectionOf } from '@guanxi/service-kit/customer.section';
import { consentView } from './consent.view.js';
import { dataSubjectView } from './data-subject.view.js';

/** What a customer allows and refuses, on the page of one customer. */
export const customerQueries = sectionOf(CustomerQueries, async (accountId, { read }): Promise<PrivacySection> => {
  const [optOuts, consents, subject] = await Promise.all([
    read(optOutsView).one(accountId),
    read(consentView).list({ accountId }, { pageSize: 100 }),
    read(dataSubjectView).one(accountId),
  ]);
  return { optOuts: optOuts ?? noOptOuts(accountId), consents: consents.rows, subjectOpenedAt: subject?.createdAt };
});
