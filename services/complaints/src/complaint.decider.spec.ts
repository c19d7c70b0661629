import { describe, it } from '@jest/globals';
import type { ComplaintCommands, ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { OneOf } from '@guanxi/contracts/of';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { complaint } from './complaint.decider.js';
import * as told from './testing/story.js';

const { event, wish } = told;
const { given } = scenario(complaint, { id: told.complaintId });
type Row = [string, OneOf<ComplaintEvent>[], OneOf<ComplaintCommands>, OneOf<ComplaintEvent>];
type Refusal = [string, OneOf<ComplaintEvent>[], OneOf<ComplaintCommands>, string];

describe('a complaint goes its way', () => {
  const rows: Row[] = [
    ['is taken in', [], wish('lodgeComplaint'), event('complaintReceived')],
    ['is taken in without a customer', [], wish('lodgeComplaint', { accountId: undefined }), event('complaintReceived', { accountId: undefined })],
    ['hears the customer', told.received, wish('hearCustomer', { durationS: 90 }), event('customerHeard', { durationS: 90 })],
    ['is acknowledged before it is heard', told.received, wish('acknowledgeComplaint'), event('complaintAcknowledged')],
    ['is acknowledged after it is heard', told.heard, wish('acknowledgeComplaint'), event('complaintAcknowledged')],
    ['is assessed', told.taken, wish('assessComplaint'), event('complaintAssessed')],
    ['has its main points', told.assessed, wish('recordKeyPoints'), event('keyPointsRecorded')],
    ['is given to an investigator', told.assessed, wish('assignInvestigation'), event('investigationAssigned')],
    [
      'is given to another investigator',
      told.investigating,
      wish('assignInvestigation', { investigatorId: 'op-3' }),
      event('investigationAssigned', { investigatorId: 'op-3' }),
    ],
    ['is investigated', told.investigating, wish('completeInvestigation'), event('investigationCompleted')],
    ['is judged with the cause that was taken in', told.investigated, wish('judgeComplaint'), event('complaintJudged')],
    [
      'is judged with another cause',
      told.investigated,
      wish('judgeComplaint', { cause: 'DECEPTION' }),
      event('complaintJudged', { cause: 'DECEPTION' }),
    ],
    [
      'is judged to stand in part',
      told.investigated,
      wish('judgeComplaint', { verdict: 'PARTLY_FOUNDED' }),
      event('complaintJudged', { verdict: 'PARTLY_FOUNDED' }),
    ],
    [
      'is judged not to stand, with alternatives',
      told.investigated,
      wish('judgeComplaint', { verdict: 'UNFOUNDED', alternatives: ['仲裁'] }),
      event('complaintJudged', { verdict: 'UNFOUNDED', alternatives: ['仲裁'] }),
    ],
    ['is told not to stand', told.unfounded, wish('communicateDecision'), event('decisionCommunicated')],
    ['is offered a remedy', told.founded, wish('proposeRemedy'), event('remedyProposed')],
    ['is offered another remedy after a rejection', told.rejected, wish('proposeRemedy'), event('remedyProposed')],
    ['has its remedy accepted', told.proposed, wish('acceptRemedy'), event('remedyAccepted')],
    ['has its remedy rejected', told.proposed, wish('rejectRemedy'), event('remedyRejected')],
    ['has its remedy carried out', told.accepted, wish('executeRemedy'), event('remedyExecuted')],
    ['is followed up', told.executed, wish('followUp', { disputed: false }), event('followUpMade', { disputed: false })],
    ['is followed up where it does not stand', told.communicated, wish('followUp'), event('followUpMade')],
    ['is closed after a follow-up', told.followedUp, wish('closeComplaint'), event('complaintClosed')],
    ['is closed after a communicated decision', told.communicated, wish('closeComplaint'), event('complaintClosed')],
    ['is opened again', told.closed, wish('reopenComplaint'), event('complaintReopened')],
    ['is assessed anew when opened again', told.reopened, wish('assessComplaint'), event('complaintAssessed')],
    ['is withdrawn', told.proposed, wish('withdrawComplaint'), event('complaintWithdrawn')],
    ['is void with the day it was received, also when closed', told.closed, wish('voidComplaint'), event('complaintVoided')],
    ['is taken in anew once void', told.voided, wish('lodgeComplaint'), event('complaintReceived')],
  ];
  it.each(rows)('%s', (_, history, command, expected) =>
    given(...history)
      .when(command)
      .gives(expected),
  );
});

describe('a case from an earlier system', () => {
  const closedAt = '2019-02-01T00:00:00.000Z';
  const rows: Row[] = [
    ['is one fact', [], wish('importComplaint'), event('complaintImported')],
    ['is closed where it says when', [], wish('importComplaint', { closedAt }), event('complaintImported', { closedAt, closed: true })],
    ['is closed where nobody knows when', [], wish('importComplaint', { closed: true }), event('complaintImported', { closed: true })],
    ['is imported anew once void', [event('complaintImported'), event('complaintVoided')], wish('importComplaint'), event('complaintImported')],
  ];
  it.each(rows)('%s', (_, history, command, expected) =>
    given(...history)
      .when(command)
      .gives(expected),
  );
});

describe('a complaint is refused', () => {
  const noCause = told.investigated.map((it) => ('complaintReceived' in it ? event('complaintReceived', { cause: undefined }) : it));
  const noPoints = told.investigated.filter((it) => !('keyPointsRecorded' in it));
  const rows: Refusal[] = [
    ['a reference that is taken', told.received, wish('lodgeComplaint', { externalRef: told.externalRef }), 'external-ref-taken'],
    ['an imported reference that is taken', [event('complaintImported')], wish('importComplaint'), 'external-ref-taken'],
    ['a step where there is no complaint', [], wish('hearCustomer'), 'complaint-not-found'],
    ['a second hearing', told.heard, wish('hearCustomer'), 'complaint-heard'],
    ['a hearing after the assessment', told.assessed, wish('hearCustomer'), 'complaint-assessed'],
    ['a second acknowledgement', told.acknowledged, wish('acknowledgeComplaint'), 'complaint-acknowledged'],
    ['an assessment before the hearing', told.acknowledged, wish('assessComplaint'), 'complaint-not-heard'],
    ['an assessment before the acknowledgement', told.heard, wish('assessComplaint'), 'complaint-not-acknowledged'],
    ['a second assessment', told.assessed, wish('assessComplaint'), 'complaint-assessed'],
    ['main points before the assessment', told.taken, wish('recordKeyPoints'), 'complaint-not-assessed'],
    ['main points after the verdict', told.founded, wish('recordKeyPoints'), 'complaint-judged'],
    ['an investigation before the assessment', told.taken, wish('assignInvestigation'), 'complaint-not-assessed'],
    [
      'an investigation by the one complained of',
      told.assessed,
      wish('assignInvestigation', { investigatorId: 'op-9' }),
      'investigator-complained-of',
    ],
    ['a second investigation', told.investigated, wish('assignInvestigation'), 'complaint-investigated'],
    ['findings that nobody was asked for', told.assessed, wish('completeInvestigation'), 'investigation-not-assigned'],
    ['a verdict before the hearing', told.received, wish('judgeComplaint'), 'complaint-not-heard'],
    ['a verdict before the acknowledgement', told.heard, wish('judgeComplaint'), 'complaint-not-acknowledged'],
    ['a verdict before the assessment', told.taken, wish('judgeComplaint'), 'complaint-not-assessed'],
    ['a verdict before the investigation', told.investigating, wish('judgeComplaint'), 'complaint-not-investigated'],
    ['a verdict without main points', noPoints, wish('judgeComplaint'), 'key-points-missing'],
    ['a verdict without a cause', noCause, wish('judgeComplaint'), 'cause-missing'],
    ['a second verdict', told.founded, wish('judgeComplaint'), 'complaint-judged'],
    ['a no without alternatives', told.investigated, wish('judgeComplaint', { verdict: 'UNFOUNDED' }), 'alternatives-missing'],
    ['a decision before the verdict', told.investigated, wish('communicateDecision'), 'complaint-not-judged'],
    ['a no where it stands', told.founded, wish('communicateDecision'), 'complaint-founded'],
    ['a decision told twice', told.communicated, wish('communicateDecision'), 'decision-communicated'],
    ['a remedy before the verdict', told.investigated, wish('proposeRemedy'), 'complaint-not-judged'],
    ['a remedy where it does not stand', told.unfounded, wish('proposeRemedy'), 'complaint-unfounded'],
    ['a second remedy beside the first', told.proposed, wish('proposeRemedy'), 'remedy-proposed'],
    ['an acceptance of nothing', told.founded, wish('acceptRemedy'), 'remedy-not-proposed'],
    ['a rejection of nothing', told.accepted, wish('rejectRemedy'), 'remedy-not-proposed'],
    ['a remedy carried out before it is accepted', told.proposed, wish('executeRemedy'), 'remedy-not-accepted'],
    ['a follow-up before anything was done', told.accepted, wish('followUp'), 'follow-up-too-early'],
    ['an end before the follow-up', told.executed, wish('closeComplaint'), 'complaint-not-followed-up'],
    ['an end right after the verdict', told.unfounded, wish('closeComplaint'), 'complaint-not-followed-up'],
    ['a reopening while it is open', told.followedUp, wish('reopenComplaint'), 'complaint-not-closed'],
    ['a step after the end', told.closed, wish('followUp'), 'complaint-not-open'],
    ['a step after the withdrawal', told.withdrawn, wish('recordKeyPoints'), 'complaint-not-open'],
    ['a withdrawal after the end', told.closed, wish('withdrawComplaint'), 'complaint-not-open'],
    ['a second voiding', told.voided, wish('voidComplaint'), 'complaint-void'],
    ['a verdict that was given before it was opened again', told.reopened, wish('proposeRemedy'), 'complaint-not-judged'],
  ];
  it.each(rows)('%s', (_, history, command, slug) =>
    given(...history)
      .when(command)
      .rejects(slug),
  );
});
