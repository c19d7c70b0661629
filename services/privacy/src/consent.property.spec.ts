import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConsentEvent, type Consent, type ConsentCommands } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { consent } from './consent.decider.js';
import { consentId } from './consent.id.js';
import type { Card } from './consent.rules.js';
import { consentView } from './consent.view.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const card = '00000000-0000-7000-8000-000000000001';
const begin = Date.UTC(2026, 10, 22);
const at = (minute: number) => new Date(begin + minute * 60_000).toISOString();

const purpose = fc.constantFrom('newsletter', 'scoring');
const matter = fc.constantFrom<Pick<Consent, 'kind' | 'recipient'>>({ kind: 'GENERAL' }, { kind: 'SEPARATE' }, { kind: 'SEPARATE', recipient: '甲' });
const noticeVersion = fc.constantFrom('2026-01', '2026-07');
const evidenceHash = fc.integer({ min: 1, max: 4 }).map((n) => String(n).padStart(64, '0'));
const minute = fc.option(fc.integer({ min: -5, max: 60 }).map(at), { nil: undefined });
const grant = fc
  .record({ purpose, matter, noticeVersion, evidenceHash, grantedAt: minute, expiresAt: minute })
  .map(({ matter: of, ...it }): OneOf<ConsentCommands> => ({ grantConsent: { accountId, channel: 'WEB', ...it, ...of } }));
const withdraw = fc
  .record({ purpose, recipient: fc.constantFrom(undefined, '甲') })
  .map((it): OneOf<ConsentCommands> => ({ withdrawConsent: { accountId, ...it } }));
const lapse = fc.record({ purpose, noticeVersion }).map((it): OneOf<ConsentCommands> => ({ lapseConsent: { accountId, ...it } }));
const expire = fc
  .record({ purpose, matter, expiresAt: fc.integer({ min: 0, max: 60 }).map(at) })
  .map(({ matter: of, expiresAt, ...it }): OneOf<ConsentCommands> => ({
    expireConsent: { accountId, expiresAt, consentId: consentId(card, { ...it, ...of }) },
  }));
const wishes = fc.array(fc.oneof({ weight: 4, arbitrary: grant }, { weight: 2, arbitrary: withdraw }, lapse, expire), { maxLength: 40 });

/** Decides one a minute, as the executor does; what is refused leaves nothing behind. */
const lived = (all: readonly OneOf<ConsentCommands>[]) => {
  let state: unknown = consent.initial;
  const told: OneOf<ConsentEvent>[] = [];
  all.forEach((wish, n) => {
    const context = { id: card, now: at(n), segment: 'default', actor: { subject: 'op', role: '' }, exists: () => true };
    try {
      for (const event of decide(consent, ...caseOf(wish), state, told.length || 1, context) as OneOf<ConsentEvent>[]) {
        state = evolve(consent, state, ...caseOf(event));
        told.push(event);
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  });
  return { told, card: (state as { card: Card }).card };
};
const rowsOf = (told: readonly OneOf<ConsentEvent>[]) =>
  told.reduce((rows, event) => rows.tell(ConsentEvent, card, event), story(consentView)).rows();

describe('whatever is said about a customer’s consents', () => {
  it('the rows say what the card says, and a second fold says the same', () =>
    fc.assert(
      fc.property(wishes, (all) => {
        const { told, card: known } = lived(all);
        const rows = rowsOf(told);
        expect(rows).toEqual(rowsOf(told));
        expect(Object.keys(known).sort()).toEqual(rows.map((it) => it.consentId));
        for (const row of rows) {
          expect(row.state === 'GRANTED').toBe(known[row.consentId]?.granted);
          expect(row.endedAt === undefined).toBe(row.state === 'GRANTED');
        }
      }),
    ));
  it('no form of a separate consent shows another', () =>
    fc.assert(
      fc.property(wishes, (all) => {
        const granted = lived(all).told.flatMap((it) => ('consentGranted' in it ? [it.consentGranted] : []));
        // A renewal puts a new form in the place of the old one.
        const last = new Map(granted.map((it) => [it.consentId, it]));
        for (const one of last.values())
          if (one.kind === 'SEPARATE') expect([...last.values()].filter((it) => it !== one && it.evidenceHash === one.evidenceHash)).toEqual([]);
      }),
    ));
  it('what was withdrawn stays so until the customer says otherwise, later', () =>
    fc.assert(
      fc.property(wishes, (all) => {
        const taken = new Map<string, string>();
        for (const event of lived(all).told) {
          if ('consentWithdrawn' in event) taken.set(event.consentWithdrawn.consentId, event.consentWithdrawn.withdrawnAt);
          if ('consentGranted' in event) expect(event.consentGranted.grantedAt >= (taken.get(event.consentGranted.consentId) ?? '')).toBe(true);
        }
      }),
    ));
});
