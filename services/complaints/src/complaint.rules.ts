import type { ComplaintCause, ComplaintImported, ComplaintStatus, ComplaintVerdict } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { rule } from '@guanxi/event-sourcing/decider';

/** What decisions on a complaint need to know of it. */
export interface State {
  readonly status: ComplaintStatus;
  readonly heard: boolean;
  readonly acknowledged: boolean;
  readonly receivedAt: string;
  readonly cause?: ComplaintCause | undefined;
  readonly complainedOfId?: string | undefined;
  readonly keyPoints: boolean;
  readonly verdict?: ComplaintVerdict | undefined;
}

/** Before anything happened. */
export const none: State = { status: 'STATUS_UNSPECIFIED', heard: false, acknowledged: false, receivedAt: '', keyPoints: false };

/** May be recorded anew: nobody recorded it yet, or in error. */
export const isFree = ({ status }: State): boolean => status === 'STATUS_UNSPECIFIED' || status === 'VOIDED';

/** How far an imported case is. */
export const importedStatus = ({ closed, verdict, acknowledgedAt }: ComplaintImported): ComplaintStatus => {
  if (closed) return 'CLOSED';
  if (verdict) return 'JUDGED';
  return acknowledgedAt ? 'ACKNOWLEDGED' : 'RECEIVED';
};

const within =
  (...all: readonly ComplaintStatus[]) =>
  ({ status }: State): boolean =>
    all.includes(status);

const unfinished = within('RECEIVED', 'HEARD', 'ACKNOWLEDGED', 'REOPENED');
const ended = within('CLOSED', 'WITHDRAWN', 'VOIDED');

const open = rule<State>('complaint-not-open', 'The complaint is closed, withdrawn or void.', (state) => !ended(state));
const notVoid = rule<State>('complaint-void', 'The complaint was recorded in error and is void.', ({ status }) => status !== 'VOIDED');
const closed = rule<State>('complaint-not-closed', 'Only a closed complaint can be opened again.', within('CLOSED'));

const unassessed = rule<State>('complaint-assessed', 'The complaint is assessed already.', unfinished);
const unheard = rule<State>('complaint-heard', 'The customer was heard already.', ({ heard }) => !heard);
const heard = rule<State>('complaint-not-heard', 'The customer was not heard yet.', (state) => state.heard || !unfinished(state));
const unacknowledged = rule<State>('complaint-acknowledged', 'The complaint is acknowledged already.', ({ acknowledged }) => !acknowledged);
const acknowledged = rule<State>(
  'complaint-not-acknowledged',
  'The complaint was not acknowledged yet.',
  (state) => state.acknowledged || !unfinished(state),
);

const assessed = rule<State>('complaint-not-assessed', 'The complaint was not assessed yet.', (state) => !unfinished(state));
const unjudged = rule<State>('complaint-judged', 'The complaint is judged already.', within('ASSESSED', 'INVESTIGATING', 'INVESTIGATED'));
const uninvestigated = rule<State>('complaint-investigated', 'The complaint is investigated already.', within('ASSESSED', 'INVESTIGATING'));
const assigned = rule<State>('investigation-not-assigned', 'Nobody was asked to investigate.', within('INVESTIGATING'));
const keyPoints = rule<State>('key-points-missing', 'The main points were not recorded yet.', (state) => state.keyPoints);
const investigated = rule<State>('complaint-not-investigated', 'The complaint was not investigated yet.', within('INVESTIGATED'));

const judged = rule<State>('complaint-not-judged', 'The complaint was not judged yet.', ({ verdict }) => verdict !== undefined);
const founded = rule<State>(
  'complaint-unfounded',
  'The complaint does not stand: communicate the decision.',
  ({ verdict }) => verdict !== 'UNFOUNDED',
);
const unfounded = rule<State>('complaint-founded', 'The complaint stands: propose a remedy.', ({ verdict }) => verdict === 'UNFOUNDED');
const uncommunicated = rule<State>('decision-communicated', 'The decision was communicated already.', within('JUDGED'));
const unanswered = rule<State>('remedy-proposed', 'A remedy is proposed or accepted already.', within('JUDGED', 'REMEDY_REJECTED'));
const proposed = rule<State>('remedy-not-proposed', 'No remedy waits for an answer.', within('REMEDY_PROPOSED'));
const accepted = rule<State>(
  'remedy-not-accepted',
  'The customer has not accepted a remedy that waits to be carried out.',
  within('REMEDY_ACCEPTED'),
);

const done = rule<State>(
  'follow-up-too-early',
  'No remedy was carried out and no decision communicated yet.',
  within('REMEDY_EXECUTED', 'DECISION_COMMUNICATED', 'FOLLOWING_UP'),
);
const followedUp = rule<State>(
  'complaint-not-followed-up',
  'The customer was not asked how it went, nor told that the complaint does not stand.',
  within('DECISION_COMMUNICATED', 'FOLLOWING_UP'),
);

const step2 = [open, heard, acknowledged, assessed] as const;

/** CO-003's four steps as a table: a command passes where all its rules hold, and none can be left out. */
export const rules = {
  hearCustomer: [open, unassessed, unheard],
  acknowledgeComplaint: [open, unassessed, unacknowledged],
  assessComplaint: [open, unassessed, heard, acknowledged],
  recordKeyPoints: [...step2, unjudged],
  assignInvestigation: [...step2, uninvestigated],
  completeInvestigation: [...step2, assigned],
  judgeComplaint: [...step2, unjudged, investigated, keyPoints],
  communicateDecision: [open, judged, unfounded, uncommunicated],
  proposeRemedy: [open, judged, founded, unanswered],
  acceptRemedy: [open, proposed],
  rejectRemedy: [open, proposed],
  executeRemedy: [open, accepted],
  followUp: [open, done],
  closeComplaint: [open, followedUp],
  reopenComplaint: [closed],
  withdrawComplaint: [open],
  voidComplaint: [notVoid],
};
