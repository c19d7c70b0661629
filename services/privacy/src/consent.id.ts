import type { Consent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { uuid5 } from '@guanxi/event-sourcing/ids';

/** What a consent is for; a customer has one consent for each. */
export type Matter = Pick<Consent, 'purpose' | 'kind' | 'recipient'>;

/** The consent's id on a customer's card: the same whenever they agree to the same thing again. */
export const consentId = (card: string, { purpose, kind, recipient = '' }: Matter): string => uuid5(card, `${purpose}:${kind}:${recipient}`);
