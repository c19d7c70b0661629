import { ComplaintCommands, ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { decider } from '@guanxi/event-sourcing/decider';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';
import { importedStatus, isFree, none, rules, type State } from './complaint.rules.js';

const mustBeFree = (state: State, id: string): void => {
  if (!isFree(state))
    throw new Rejection('external-ref-taken', 'conflict', 'A complaint with this external reference is recorded already.', { ids: [id] });
};

/** A complaint through the four steps of CO-003 with the causes of CO-001; which step may follow which stands in complaint.rules.ts. */
export const complaint = decider({
  stream: 'complaint',
  version: 1,
  commands: ComplaintCommands,
  events: ComplaintEvent,
  initial: none,
  creates: ['lodgeComplaint', 'importComplaint'],
  rules,
  decide: {
    lodgeComplaint: ({ accountRef: _, ...given }, state, { id }) => {
      mustBeFree(state, id);
      return [{ complaintReceived: { ...given, complaintId: id } }];
    },
    importComplaint: ({ accountRef: _, ...given }, state, { id }) => {
      mustBeFree(state, id);
      return [{ complaintImported: { ...given, complaintId: id, closed: given.closed || given.closedAt !== undefined } }];
    },
    hearCustomer: ({ notes, durationS }) => [{ customerHeard: { notes, durationS } }],
    acknowledgeComplaint: ({ handlerId, nextContactAt }) => [{ complaintAcknowledged: { handlerId, nextContactAt } }],
    assessComplaint: ({ complaintId: _, ...assessment }) => [{ complaintAssessed: assessment }],
    recordKeyPoints: ({ keyPoints }) => [{ keyPointsRecorded: { keyPoints } }],
    assignInvestigation: ({ investigatorId, instructions }, { complainedOfId }) => {
      if (investigatorId === complainedOfId)
        throw invalid('investigator-complained-of', 'investigatorId', 'Whoever is complained of may not investigate it.');
      return [{ investigationAssigned: { investigatorId, instructions } }];
    },
    completeInvestigation: ({ findings, evidence }) => [{ investigationCompleted: { findings, evidence } }],
    judgeComplaint: ({ verdict, cause: stated, reasons, alternatives }, { cause: known }) => {
      const cause = stated ?? known;
      if (!cause) throw invalid('cause-missing', 'cause', 'The cause must be known by the time of the verdict.');
      if (verdict === 'UNFOUNDED' && alternatives.length === 0)
        throw invalid('alternatives-missing', 'alternatives', 'Where the complaint does not stand, the customer must be told what else they can do.');
      return [{ complaintJudged: { verdict, cause, reasons, alternatives } }];
    },
    communicateDecision: ({ notes }) => [{ decisionCommunicated: { notes } }],
    proposeRemedy: ({ remedy, answerBy }) => [{ remedyProposed: { remedy, answerBy } }],
    acceptRemedy: ({ consent }) => [{ remedyAccepted: { consent } }],
    rejectRemedy: ({ reason }) => [{ remedyRejected: { reason } }],
    executeRemedy: ({ notes }) => [{ remedyExecuted: { notes } }],
    followUp: ({ notes, satisfaction, disputed }) => [{ followUpMade: { notes, satisfaction, disputed } }],
    closeComplaint: ({ resolution }) => [{ complaintClosed: { resolution } }],
    reopenComplaint: ({ reason }) => [{ complaintReopened: { reason } }],
    withdrawComplaint: ({ reason }) => [{ complaintWithdrawn: { reason } }],
    voidComplaint: ({ reason }, { receivedAt }) => [{ complaintVoided: { reason, receivedAt } }],
  },
  evolve: {
    complaintReceived: (_, { cause, receivedAt }) => ({ ...none, status: 'RECEIVED', cause, receivedAt }),
    complaintImported: (_, event) => ({
      ...none,
      status: importedStatus(event),
      acknowledged: event.acknowledgedAt !== undefined,
      receivedAt: event.receivedAt,
      cause: event.cause,
      verdict: event.verdict,
    }),
    customerHeard: (state) => ({ ...state, heard: true, status: state.status === 'RECEIVED' ? 'HEARD' : state.status }),
    complaintAcknowledged: (state) => ({ ...state, acknowledged: true, status: state.status === 'REOPENED' ? state.status : 'ACKNOWLEDGED' }),
    complaintAssessed: (state, { complainedOfId }) => ({ ...state, status: 'ASSESSED', complainedOfId }),
    keyPointsRecorded: (state) => ({ ...state, keyPoints: true }),
    investigationAssigned: (state) => ({ ...state, status: 'INVESTIGATING' }),
    investigationCompleted: (state) => ({ ...state, status: 'INVESTIGATED' }),
    complaintJudged: (state, { verdict, cause }) => ({ ...state, status: 'JUDGED', verdict, cause }),
    decisionCommunicated: (state) => ({ ...state, status: 'DECISION_COMMUNICATED' }),
    remedyProposed: (state) => ({ ...state, status: 'REMEDY_PROPOSED' }),
    remedyAccepted: (state) => ({ ...state, status: 'REMEDY_ACCEPTED' }),
    remedyRejected: (state) => ({ ...state, status: 'REMEDY_REJECTED' }),
    remedyExecuted: (state) => ({ ...state, status: 'REMEDY_EXECUTED' }),
    followUpMade: (state) => ({ ...state, status: 'FOLLOWING_UP' }),
    complaintClosed: (state) => ({ ...state, status: 'CLOSED' }),
    complaintReopened: (state) => ({ ...state, status: 'REOPENED', verdict: undefined }),
    complaintWithdrawn: (state) => ({ ...state, status: 'WITHDRAWN' }),
    complaintVoided: (state) => ({ ...state, status: 'VOIDED' }),
  },
});
