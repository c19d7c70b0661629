import { describe, expect, it } from '@jest/globals';
import { ComplaintEvent, type Complaint } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { OneOf } from '@guanxi/contracts/of';
import { story } from '@guanxi/event-sourcing/story';
import { complaintView } from './complaint.view.js';
import * as told from './testing/story.js';

const { event } = told;
const hour = (n: number) => `2026-11-22T${String(8 + n).padStart(2, '0')}:00:00.000Z`;
const row = (...history: OneOf<ComplaintEvent>[]): Complaint => {
  const found = history.reduce((it, one) => it.tell(ComplaintEvent, told.complaintId, one), story(complaintView)).row(told.complaintId);
  if (!found) throw new Error('no row');
  return found;
};

describe('a complaint as it stands', () => {
  it('begins with what was received', () =>
    expect(row(...told.received)).toEqual({
      ...told.events.complaintReceived,
      complaintId: told.complaintId,
      status: 'RECEIVED',
      imported: false,
      inconsistent: false,
      safety: false,
      keyPoints: [],
      evidence: [],
      reasons: [],
      alternatives: [],
      remedies: [],
      followUps: [],
      closed: false,
      reopened: 0,
      version: 1,
      createdAt: hour(1),
      updatedAt: hour(1),
    }));
  it('is HEARD until it is acknowledged, and ACKNOWLEDGED from then on, in either order', () => {
    expect(row(...told.heard)).toMatchObject({ status: 'HEARD', heardAt: hour(2) });
    expect(row(...told.taken)).toMatchObject({ status: 'ACKNOWLEDGED', heardAt: hour(2), acknowledgedAt: hour(3), handlerId: 'op-1' });
    expect(row(...told.acknowledged, event('customerHeard'))).toMatchObject({ status: 'ACKNOWLEDGED', heardAt: hour(3), acknowledgedAt: hour(2) });
  });
  it('shows assessment, main points and investigation', () => {
    const shown = row(...told.investigated);
    expect(shown).toMatchObject({ status: 'INVESTIGATED', severity: 3, urgency: 2, level: 'LOCAL', complainedOfId: 'op-9', investigatorId: 'op-2' });
    expect(shown).toMatchObject({
      assessedAt: hour(4),
      investigatedAt: hour(7),
      keyPoints: ['发霉'],
      findings: '仓库潮湿',
      evidence: ['照片'],
      version: 7,
    });
    expect(row(...told.investigating).status).toBe('INVESTIGATING');
    expect(row(...told.assessed).status).toBe('ASSESSED');
  });
  it('shows the verdict with its reasons', () => {
    expect(row(...told.founded)).toMatchObject({ status: 'JUDGED', verdict: 'FOUNDED', cause: 'QUALITY', reasons: ['因为'], decidedAt: hour(8) });
    expect(row(...told.communicated)).toMatchObject({ status: 'DECISION_COMMUNICATED', alternatives: ['仲裁'], decisionCommunicatedAt: hour(9) });
  });
  it('shows every remedy with what became of it', () => {
    const shown = row(...told.rejected, event('remedyProposed'), event('remedyAccepted'), event('remedyExecuted'));
    expect(shown).toMatchObject({ status: 'REMEDY_EXECUTED', remedyExecutedAt: hour(13) });
    expect(shown.remedies).toMatchObject([
      { outcome: 'REJECTED', proposedAt: hour(9), answeredAt: hour(10), answer: '因为' },
      { outcome: 'EXECUTED', proposedAt: hour(11), answeredAt: hour(12), answer: '电话同意', executedAt: hour(13), notes: '客户说' },
    ]);
    expect(row(...told.proposed)).toMatchObject({ status: 'REMEDY_PROPOSED', remedies: [{ outcome: 'PROPOSED' }] });
    expect(row(...told.accepted)).toMatchObject({ status: 'REMEDY_ACCEPTED', remedies: [{ outcome: 'ACCEPTED' }] });
    expect(row(...told.rejected).status).toBe('REMEDY_REJECTED');
  });
  it('keeps the last word on whether the outcome is disputed', () => {
    const shown = row(...told.executed, event('followUpMade', { disputed: true }), event('followUpMade'));
    expect(shown).toMatchObject({ status: 'FOLLOWING_UP', disputed: true });
    expect(shown.followUps).toMatchObject([{ disputed: true, satisfaction: 9 }, { notes: '客户说' }]);
  });
  it('is closed with its resolution, and open again without verdict', () => {
    expect(row(...told.closed)).toMatchObject({ status: 'CLOSED', closed: true, closedAt: hour(13), resolution: '已退款', verdict: 'FOUNDED' });
    const again = row(...told.reopened);
    expect(again).toMatchObject({ status: 'REOPENED', closed: false, reopened: 1, statusReason: '因为' });
    expect([again.closedAt, again.verdict, again.decidedAt]).toEqual([undefined, undefined, undefined]);
  });
  it('stays opened again while it is heard and acknowledged anew', () => {
    const again = [event('complaintImported', { closed: true }), event('complaintReopened'), event('customerHeard'), event('complaintAcknowledged')];
    expect(row(...again)).toMatchObject({ status: 'REOPENED', heardAt: hour(3), acknowledgedAt: hour(4) });
  });
  it('ends by withdrawal or as void, with the reason', () => {
    expect(row(...told.withdrawn)).toMatchObject({ status: 'WITHDRAWN', closed: true, closedAt: hour(5), statusReason: '因为' });
    expect(row(...told.voided)).toMatchObject({ status: 'VOIDED', statusReason: '因为' });
  });
  it('is as new when taken in anew, but for when it was first recorded', () =>
    expect(row(...told.voided, event('complaintReceived'))).toEqual({ ...row(...told.received), version: 6, updatedAt: hour(6) }));
});

describe('an imported case', () => {
  const imported = (more: Partial<ComplaintEvent['complaintImported']>) => row(event('complaintImported', more));
  it('keeps what the earlier system said', () =>
    expect(
      imported({ subCategory: 'x', region: 'CA', company: 'Bank', timely: false, disputed: true, dueAt: told.receivedAt, remedyType: 'EXPLANATION' }),
    ).toMatchObject({
      imported: true,
      status: 'RECEIVED',
      subCategory: 'x',
      region: 'CA',
      company: 'Bank',
      timely: false,
      disputed: true,
      dueAt: told.receivedAt,
      remedyType: 'EXPLANATION',
    }));
  it('is inconsistent where it was closed before it was received', () => {
    expect(imported({ closed: true, closedAt: '2019-02-28T23:59:59.999Z' })).toMatchObject({ status: 'CLOSED', inconsistent: true });
    expect(imported({ closed: true, closedAt: told.receivedAt })).toMatchObject({ status: 'CLOSED', inconsistent: false });
  });
  it('is closed at an unknown time where nobody knows when', () => expect(imported({ closed: true }).closedAt).toBeUndefined());
  it('stands where it came to', () => {
    expect(imported({ acknowledgedAt: told.receivedAt }).status).toBe('ACKNOWLEDGED');
    expect(imported({ verdict: 'UNFOUNDED', decidedAt: told.receivedAt }).status).toBe('JUDGED');
  });
});
