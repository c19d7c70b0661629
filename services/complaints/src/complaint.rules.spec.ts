import { describe, expect, it } from '@jest/globals';
import type { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { OneOf } from '@guanxi/contracts/of';
import { allowed, caseOf, evolve } from '@guanxi/event-sourcing/decider';
import { complaint } from './complaint.decider.js';
import * as told from './testing/story.js';

const after = (history: readonly OneOf<ComplaintEvent>[]) =>
  allowed(
    complaint,
    history.reduce<unknown>((state, event) => evolve(complaint, state, ...caseOf(event)), complaint.initial),
  ).sort();
const imported = (more: Partial<ComplaintEvent['complaintImported']>) => [told.event('complaintImported', more)];
const always = ['VoidComplaint'];
const open = ['VoidComplaint', 'WithdrawComplaint'];

describe('what the four steps of CO-003 allow', () => {
  it.each([
    ['when received', told.received, [...open, 'HearCustomer', 'AcknowledgeComplaint']],
    ['when heard', told.heard, [...open, 'AcknowledgeComplaint']],
    ['when acknowledged', told.acknowledged, [...open, 'HearCustomer']],
    ['when heard and acknowledged', told.taken, [...open, 'AssessComplaint']],
    ['when acknowledged and heard', [...told.acknowledged, told.event('customerHeard')], [...open, 'AssessComplaint']],
    ['when assessed', told.assessed, [...open, 'RecordKeyPoints', 'AssignInvestigation']],
    ['when being investigated', told.investigating, [...open, 'RecordKeyPoints', 'AssignInvestigation', 'CompleteInvestigation']],
    ['when investigated', told.investigated, [...open, 'RecordKeyPoints', 'JudgeComplaint']],
    ['when judged to stand', told.founded, [...open, 'ProposeRemedy']],
    ['when judged not to stand', told.unfounded, [...open, 'CommunicateDecision']],
    ['when the decision was communicated', told.communicated, [...open, 'FollowUp', 'CloseComplaint']],
    ['when a remedy is proposed', told.proposed, [...open, 'AcceptRemedy', 'RejectRemedy']],
    ['when the remedy was rejected', told.rejected, [...open, 'ProposeRemedy']],
    ['when the remedy was accepted', told.accepted, [...open, 'ExecuteRemedy']],
    ['when the remedy was carried out', told.executed, [...open, 'FollowUp']],
    ['when followed up', told.followedUp, [...open, 'FollowUp', 'CloseComplaint']],
    ['when closed', told.closed, [...always, 'ReopenComplaint']],
    ['when opened again', told.reopened, [...open, 'AssessComplaint']],
    ['when withdrawn', told.withdrawn, always],
    ['when void', told.voided, []],
    ['when imported', imported({}), [...open, 'HearCustomer', 'AcknowledgeComplaint']],
    ['when imported acknowledged', imported({ acknowledgedAt: told.receivedAt }), [...open, 'HearCustomer']],
    ['when imported judged to stand', imported({ verdict: 'PARTLY_FOUNDED' }), [...open, 'ProposeRemedy']],
    ['when imported judged not to stand', imported({ verdict: 'UNFOUNDED' }), [...open, 'CommunicateDecision']],
    ['when imported closed', imported({ closed: true }), [...always, 'ReopenComplaint']],
    [
      'when imported closed and opened again',
      [...imported({ closed: true }), told.event('complaintReopened')],
      [...open, 'HearCustomer', 'AcknowledgeComplaint'],
    ],
  ] as const)('%s', (_, history, expected) => expect(after(history)).toEqual([...expected].sort()));
  it('needs the main points before the verdict', () => {
    const history = told.investigated.filter((event) => !('keyPointsRecorded' in event));
    expect(after(history)).toEqual([...open, 'RecordKeyPoints'].sort());
  });
});
