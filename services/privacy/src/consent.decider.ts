import { ConsentCommands, ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { decider } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { consentId } from './consent.id.js';
import { demandLastWord, demandRoom, demandSeparate, demandTimes, type Card, type Known } from './consent.rules.js';
import { demandOwn } from './speaks-for.rules.js';

const blank: { readonly card: Card } = { card: {} };

const sameTerms = (known: Known, { noticeVersion, evidenceHash, expiresAt }: Pick<Known, 'noticeVersion' | 'evidenceHash' | 'expiresAt'>): boolean =>
  known.noticeVersion === noticeVersion && known.evidenceHash === evidenceHash && known.expiresAt === expiresAt;

const ended = (card: Card, id: string, more: Partial<Known> = {}): { card: Card } => {
  const known = card[id];
  return { card: known ? { ...card, [id]: { ...known, granted: false, ...more } } : card };
};

/** What a customer agreed to (PR-005): one purpose at a time, shown by evidence, taken back as easily as given. */
export const consent = decider({
  // One card a customer, not one a consent: bundling shows only where all consents are known.
  stream: 'consentCard',
  version: 1,
  keyedBy: ['accountId'],
  commands: ConsentCommands,
  events: ConsentEvent,
  initial: blank,
  creates: ['grantConsent', 'withdrawConsent', 'lapseConsent'],
  decide: {
    grantConsent: (wish, { card }, { id: stream, now, actor }) => {
      const { accountId = '', purpose, kind, recipient, noticeVersion, locale, channel, evidenceHash, grantedAt = now, expiresAt } = wish;
      demandOwn(actor, accountId);
      demandTimes(grantedAt, expiresAt, now);
      const id = consentId(stream, wish);
      demandSeparate(id, wish, card);
      const known = card[id];
      if (known?.granted && sameTerms(known, wish)) return [];
      demandLastWord(grantedAt, known);
      demandRoom(known, card);
      const facts = { purpose, kind, recipient, noticeVersion, locale, channel, evidenceHash, grantedAt, expiresAt };
      return [{ consentGranted: { accountId, consentId: id, ...facts } }];
    },
    withdrawConsent: ({ accountId = '', purpose, recipient, channel, reason }, { card }, { now: withdrawnAt, actor }) => {
      demandOwn(actor, accountId);
      const meant = Object.entries(card).filter(([, it]) => it.purpose === purpose && (recipient === undefined || it.recipient === recipient));
      if (meant.length === 0) throw new Rejection('consent-not-found', 'not-found', 'The customer never agreed to this.');
      return meant
        .filter(([, it]) => it.granted)
        .map(([id]) => ({ consentWithdrawn: { accountId, consentId: id, purpose, channel, reason, withdrawnAt } }));
    },
    lapseConsent: ({ accountId = '', purpose, noticeVersion }, { card }) =>
      Object.entries(card)
        .filter(([, it]) => it.granted && it.purpose === purpose && it.noticeVersion !== noticeVersion)
        .map(([id]) => ({ consentLapsed: { accountId, consentId: id, purpose, noticeVersion } })),
    // No look at the clock: the timer was due. A consent that was renewed since has another end.
    expireConsent: ({ accountId, consentId: id, expiresAt }, { card }) => {
      const known = card[id];
      const over = known?.granted && known.expiresAt === expiresAt;
      return over ? [{ consentExpired: { accountId, consentId: id, purpose: known.purpose, expiresAt } }] : [];
    },
  },
  evolve: {
    consentGranted: ({ card }, { consentId: id, purpose, kind, recipient, noticeVersion, evidenceHash, grantedAt, expiresAt }) => ({
      card: { ...card, [id]: { purpose, kind, recipient, noticeVersion, evidenceHash, expiresAt, granted: true, saidAt: grantedAt } },
    }),
    consentWithdrawn: ({ card }, { consentId: id, withdrawnAt }) => ended(card, id, { saidAt: withdrawnAt }),
    consentExpired: ({ card }, { consentId: id }) => ended(card, id),
    consentLapsed: ({ card }, { consentId: id }) => ended(card, id),
  },
});
