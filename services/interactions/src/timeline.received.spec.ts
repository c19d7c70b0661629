import { describe, expect, it } from '@jest/globals';
import { ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { PointsEvent } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { OptOutEvent } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { story } from '@guanxi/event-sourcing/story';
import { isVoid, withVoids } from './timeline.entry.js';
import { accountId } from './testing/story.js';
import { timelineView } from './timeline.view.js';

const [contactId, streamId, lotId, consentId, otherId] = [1, 2, 3, 4, 5].map((n) => `00000000-0000-7000-8000-00000000000${n}`) as [
  ...[string, string, string, string, string],
];
const [granted, withdrawn, expires] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'];
const told = () => story(timelineView);

describe('the timeline, from what others tell', () => {
  it('tells that contacts came and went, without who they are', () => {
    const contact = { contactId, phones: ['+8613800000000'], emails: [], name: '李雷' };
    const rows = told()
      .tell(ContactEvent, contactId, { contactAdded: { ...contact, accountId, affinities: [] } })
      .tell(ContactEvent, contactId, { contactLinked: { ...contact, accountId: otherId } })
      .tell(ContactEvent, contactId, { contactDeparted: { contactId, accountId, reason: '退休' } })
      .tell(ContactEvent, contactId, { contactUnlinked: { contactId, accountId: otherId, reason: '误录' } })
      .rows();
    expect(rows).toMatchObject([
      { kind: 'CONTACT_ADDED', accountId, source: 'accounts', subjectId: contactId },
      { kind: 'CONTACT_ADDED', accountId: otherId },
      { kind: 'CONTACT_DEPARTED', accountId },
      { kind: 'CONTACT_UNLINKED', accountId: otherId },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/李|138|退休|误录/);
    // The link alone was recorded in error, not the contact.
    expect(withVoids(rows, rows.filter(isVoid)).map((it) => it.voided)).toEqual([false, true, false, false]);
  });
  it('tells of membership and of points that were spent or lost, not of every earning', () => {
    const rows = told()
      .tell(MembershipEvent, streamId, { memberEnrolled: { accountId, programme: 'default' } })
      .tell(PointsEvent, lotId, {
        pointsEarned: { accountId, lotId, orderId: otherId, points: '11', earnedAt: granted, expiresAt: expires } as never,
      })
      .tell(PointsEvent, lotId, { pointsRedeemed: { accountId, number: 1, points: '5', taken: [] } })
      .tell(PointsEvent, lotId, { pointsRedeemed: { accountId, number: 2, points: '2', taken: [] } })
      .tell(PointsEvent, lotId, { pointsExpired: { accountId, lotId, points: '4' } })
      .tell(PointsEvent, lotId, { redemptionVoided: { accountId, number: 2, points: '2', returned: [], reason: '误录' } as never })
      .tell(MembershipEvent, streamId, { memberLeft: { accountId, programme: 'default' } })
      .rows();
    expect(withVoids(rows, rows.filter(isVoid))).toMatchObject([
      { kind: 'MEMBER_ENROLLED', topic: 'default', source: 'loyalty', voided: false },
      { kind: 'POINTS_REDEEMED', points: '5', number: 1, voided: false },
      { kind: 'POINTS_REDEEMED', points: '2', number: 2, voided: true },
      { kind: 'POINTS_EXPIRED', points: '4' },
      { kind: 'REDEMPTION_VOIDED', number: 2, voided: false },
      { kind: 'MEMBER_LEFT' },
    ]);
  });
  it('tells what the customer refused and agreed to, when they did', () => {
    const consent = { accountId, consentId, purpose: 'newsletter' };
    const given = { kind: 'GENERAL', noticeVersion: '3', channel: 'WEB', evidenceHash: 'a'.repeat(64), grantedAt: granted } as const;
    expect(
      told()
        .tell(OptOutEvent, streamId, { optOutSet: { accountId, optOut: 'DIRECT_MARKETING', reason: '太多短信' } })
        .tell(OptOutEvent, streamId, { optOutCleared: { accountId, optOut: 'DIRECT_MARKETING' } })
        .tell(ConsentEvent, consentId, { consentGranted: { ...consent, ...given } })
        .tell(ConsentEvent, consentId, { consentWithdrawn: { ...consent, withdrawnAt: withdrawn } })
        .tell(ConsentEvent, consentId, { consentExpired: { ...consent, expiresAt: expires } })
        .tell(ConsentEvent, consentId, { consentLapsed: { ...consent, noticeVersion: '4' } })
        .rows(),
    ).toMatchObject([
      { kind: 'OPT_OUT_SET', topic: 'DIRECT_MARKETING', source: 'privacy' },
      { kind: 'OPT_OUT_CLEARED', topic: 'DIRECT_MARKETING' },
      { kind: 'CONSENT_GRANTED', topic: 'newsletter', channel: 'WEB', at: granted },
      { kind: 'CONSENT_WITHDRAWN', at: withdrawn },
      { kind: 'CONSENT_EXPIRED', at: expires },
      { kind: 'CONSENT_LAPSED', topic: 'newsletter' },
    ]);
  });
});
