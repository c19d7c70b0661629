import { ConsentQueries } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { consentView } from './consent.view.js';

/** Answers about consents. */
export const consentQueries = queriesOf(ConsentQueries, {
  listConsents: async ({ accountId, purpose, state, kind, ...page }, { read }) => {
    const { rows, nextPageToken } = await read(consentView).list({ accountId, purpose, state, kind }, page);
    return { consents: rows, nextPageToken };
  },
});
