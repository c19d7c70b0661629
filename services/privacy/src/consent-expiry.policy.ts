import { ConsentCommands, ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { policy } from '@guanxi/event-sourcing/policy';
import { consentView } from './consent.view.js';

/** A consent ends at its end, unless it was renewed or taken back before: then the command finds nothing to do. */
export const consentExpiry = policy('consent-expiry', ConsentCommands, consentView).on(ConsentEvent, {
  consentGranted: (_, { accountId, consentId, expiresAt }) =>
    expiresAt === undefined ? [] : [{ at: expiresAt, command: { expireConsent: { accountId, consentId, expiresAt } } }],
});
