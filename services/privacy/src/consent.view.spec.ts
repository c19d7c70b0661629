import { describe, expect, it } from '@jest/globals';
import { ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { story } from '@guanxi/event-sourcing/story';
import { consentExpiry } from './consent-expiry.policy.js';
import { consentView } from './consent.view.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const consentId = '00000000-0000-7000-8000-00000000000c';
const [t1, t2, t3] = ['2026-11-22T08:00:00.000Z', '2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'];
const purpose = 'newsletter';
const facts = { purpose, kind: 'GENERAL', noticeVersion: '2026-01', channel: 'WEB', evidenceHash: '0'.repeat(64), grantedAt: t1 } as const;
const granted = { accountId, consentId, ...facts, expiresAt: '2027-01-01T00:00:00.000Z' };
const id = { accountId, consentId, purpose };
const begun = () => story(consentView).tell(ConsentEvent, 's', { consentGranted: granted }, { at: t1 });

describe('a consent’s row', () => {
  it('shows what was granted', () =>
    expect(begun().row(consentId)).toEqual({ ...granted, state: 'GRANTED', version: 1, createdAt: t1, updatedAt: t1 }));
  it.each([
    ['WITHDRAWN', { consentWithdrawn: { ...id, withdrawnAt: t2 } }],
    ['EXPIRED', { consentExpired: { ...id, expiresAt: t2 } }],
    ['LAPSED', { consentLapsed: { ...id, noticeVersion: '2026-07' } }],
  ] as const)('shows that it is %s, and since when', (state, event) =>
    expect(begun().tell(ConsentEvent, 's', event, { at: t2 }).row(consentId)).toMatchObject({ state, endedAt: t2, version: 2, updatedAt: t2 }),
  );
  it('has no end any more once it is granted anew', () => {
    const told = begun().tell(ConsentEvent, 's', { consentWithdrawn: { ...id, withdrawnAt: t2 } });
    const row = told.tell(ConsentEvent, 's', { consentGranted: { ...granted, noticeVersion: '2026-07' } }, { at: t3 }).row(consentId);
    expect(row).toMatchObject({ state: 'GRANTED', noticeVersion: '2026-07', version: 3, createdAt: t1, updatedAt: t3 });
    expect(row).not.toHaveProperty('endedAt');
  });
});

describe('the end of a consent is a timer', () => {
  const react = (event: object) => consentExpiry.sources[0]?.reacts['consentGranted']?.(undefined, event, {} as never);
  it('at the end that was stated', () =>
    expect(react(granted)).toEqual([{ at: granted.expiresAt, command: { expireConsent: { accountId, consentId, expiresAt: granted.expiresAt } } }]));
  it('and none where there is no end', () => expect(react({ ...granted, expiresAt: undefined })).toEqual([]));
});
