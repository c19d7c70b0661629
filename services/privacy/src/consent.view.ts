import { Consent, ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { view, type Meta } from '@guanxi/event-sourcing/view';

const ended =
  (state: Consent['state']) =>
  (row: Consent | undefined, _: unknown, { version, at }: Meta): Consent | undefined =>
    row && { ...row, state, endedAt: at, version, updatedAt: at };

/** Consents, also those that ended. */
export const consentView = view(Consent, {
  version: 1,
  table: 'consents',
  key: 'consentId',
  filters: ['accountId', 'purpose', 'state', 'kind', 'expiresAt', 'createdAt'],
}).of(
  ConsentEvent,
  {
    consentGranted: (row, granted, { version, at }) => ({
      ...granted,
      state: 'GRANTED',
      version,
      createdAt: row?.createdAt ?? at,
      updatedAt: at,
    }),
    consentWithdrawn: ended('WITHDRAWN'),
    consentExpired: ended('EXPIRED'),
    consentLapsed: ended('LAPSED'),
  },
  ({ consentId }) => consentId,
);
