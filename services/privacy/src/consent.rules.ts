import type { Consent, ConsentKind, GrantConsent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';

/** One consent as its customer's card knows it. */
export interface Known extends Pick<Consent, 'purpose' | 'recipient' | 'noticeVersion' | 'evidenceHash' | 'expiresAt'> {
  readonly kind: ConsentKind;
  readonly granted: boolean;
  /** When the customer last gave it or took it back. */
  readonly saidAt: string;
}
/** All that a customer ever agreed to, by consent id. */
export type Card = Readonly<Record<string, Known>>;

const most = 500;

/** Nobody agrees in advance, nor to what is over. @throws Rejection invalid */
export const demandTimes = (grantedAt: string, expiresAt: string | undefined, now: string): void => {
  if (grantedAt > now) throw invalid('granted-in-the-future', 'grantedAt', 'must not be after the time of recording');
  if (expiresAt !== undefined && expiresAt <= now) throw invalid('expired-already', 'expiresAt', 'must be after the time of recording');
};

/** One tick for many things is no separate consent: what shows one may show no other. @throws Rejection invalid */
export const demandSeparate = (id: string, { kind, recipient, evidenceHash }: GrantConsent, card: Card): void => {
  if (recipient !== undefined && kind !== 'SEPARATE')
    throw invalid('separate-consent-needed', 'kind', 'must be SEPARATE where another organisation receives the data');
  const others = Object.entries(card).filter(([other, it]) => other !== id && it.evidenceHash === evidenceHash);
  if (others.some(([, it]) => kind === 'SEPARATE' || it.kind === 'SEPARATE'))
    throw invalid('consent-bundled', 'evidenceHash', 'must not show another consent where one of the two is separate');
};

/** A form that lay about must not undo what the customer said since. @throws Rejection consent-superseded */
export const demandLastWord = (grantedAt: string, known: Known | undefined): void => {
  if (known && grantedAt < known.saidAt)
    throw new Rejection('consent-superseded', 'conflict', 'The customer gave or took back this consent at a later time than the one stated.');
};

/** A card that grows without end would slow down each of its commands. @throws Rejection invalid */
export const demandRoom = (known: Known | undefined, card: Card): void => {
  if (!known && Object.keys(card).length >= most) throw invalid('too-many-consents', 'purpose', `A customer has at most ${most} consents.`);
};
