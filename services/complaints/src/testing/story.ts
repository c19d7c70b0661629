import type { ComplaintCommands, ComplaintEvent, Remedy } from '@guanxi/contracts/guanxi/complaints/v1/complaint';

/** One event and one command of each kind, for specs. */
export const complaintId = '00000000-0000-7000-8000-000000000001';
export const accountId = '00000000-0000-7000-8000-00000000000a';
export const externalRef = { system: 'cfpb', id: '3' };
export const receivedAt = '2019-03-01T08:00:00.000Z';
const later = '2019-04-01T08:00:00.000Z';
const remedy: Remedy = { type: 'REFUND', value: { amountMinor: '1177', currency: 'CNY' }, description: '全额退款' };
const notes = '客户说';
const reason = '因为';

export const events: ComplaintEvent = {
  complaintReceived: { complaintId, accountId, channel: 'PHONE', cause: 'QUALITY', category: 'delivery', receivedAt, facts: '茶叶发霉' },
  complaintImported: { complaintId, externalRef, channel: 'ONLINE', category: 'Mortgage', receivedAt, closed: false },
  customerHeard: { notes },
  complaintAcknowledged: { handlerId: 'op-1', nextContactAt: later },
  complaintAssessed: { severity: 3, safety: false, urgency: 2, level: 'LOCAL', complainedOfId: 'op-9' },
  keyPointsRecorded: { keyPoints: ['发霉'] },
  investigationAssigned: { investigatorId: 'op-2' },
  investigationCompleted: { findings: '仓库潮湿', evidence: ['照片'] },
  complaintJudged: { verdict: 'FOUNDED', cause: 'QUALITY', reasons: [reason], alternatives: [] },
  decisionCommunicated: { notes },
  remedyProposed: { remedy, answerBy: later },
  remedyAccepted: { consent: '电话同意' },
  remedyRejected: { reason },
  remedyExecuted: { notes },
  followUpMade: { notes, satisfaction: 9 },
  complaintClosed: { resolution: '已退款' },
  complaintReopened: { reason },
  complaintWithdrawn: { reason },
  complaintVoided: { reason, receivedAt },
};

export const wishes: ComplaintCommands = {
  lodgeComplaint: { accountId, channel: 'PHONE', cause: 'QUALITY', category: 'delivery', receivedAt, facts: '茶叶发霉' },
  importComplaint: { externalRef, channel: 'ONLINE', category: 'Mortgage', receivedAt, closed: false },
  hearCustomer: { complaintId, notes },
  acknowledgeComplaint: { complaintId, handlerId: 'op-1', nextContactAt: later },
  assessComplaint: { complaintId, severity: 3, safety: false, urgency: 2, level: 'LOCAL', complainedOfId: 'op-9' },
  recordKeyPoints: { complaintId, keyPoints: ['发霉'] },
  assignInvestigation: { complaintId, investigatorId: 'op-2' },
  completeInvestigation: { complaintId, findings: '仓库潮湿', evidence: ['照片'] },
  judgeComplaint: { complaintId, verdict: 'FOUNDED', reasons: [reason], alternatives: [] },
  communicateDecision: { complaintId, notes },
  proposeRemedy: { complaintId, remedy, answerBy: later },
  acceptRemedy: { complaintId, consent: '电话同意' },
  rejectRemedy: { complaintId, reason },
  executeRemedy: { complaintId, notes },
  followUp: { complaintId, notes, satisfaction: 9 },
  closeComplaint: { complaintId, resolution: '已退款' },
  reopenComplaint: { complaintId, reason },
  withdrawComplaint: { complaintId, reason },
  voidComplaint: { complaintId, reason },
};

/** The event of this name, alone in its oneof. */
export const event = <K extends keyof ComplaintEvent>(name: K, more: Partial<ComplaintEvent[K]> = {}) =>
  ({ [name]: { ...events[name], ...more } }) as unknown as { [P in K]: ComplaintEvent[P] };

/** The command of this name, alone. */
export const wish = <K extends keyof ComplaintCommands>(name: K, more: Partial<ComplaintCommands[K]> = {}) =>
  ({ [name]: { ...wishes[name], ...more } }) as unknown as { [P in K]: ComplaintCommands[P] };

const named = <K extends keyof ComplaintEvent>(...names: K[]) => names.map((name) => event(name));

/** Histories that end where their names say. */
export const received = named('complaintReceived');
export const heard = [...received, ...named('customerHeard')];
export const acknowledged = [...received, ...named('complaintAcknowledged')];
export const taken = [...heard, ...named('complaintAcknowledged')];
export const assessed = [...taken, ...named('complaintAssessed')];
export const investigating = [...assessed, ...named('keyPointsRecorded', 'investigationAssigned')];
export const investigated = [...investigating, ...named('investigationCompleted')];
export const founded = [...investigated, ...named('complaintJudged')];
export const unfounded = [...investigated, event('complaintJudged', { verdict: 'UNFOUNDED', alternatives: ['仲裁'] })];
export const communicated = [...unfounded, ...named('decisionCommunicated')];
export const proposed = [...founded, ...named('remedyProposed')];
export const rejected = [...proposed, ...named('remedyRejected')];
export const accepted = [...proposed, ...named('remedyAccepted')];
export const executed = [...accepted, ...named('remedyExecuted')];
export const followedUp = [...executed, ...named('followUpMade')];
export const closed = [...followedUp, ...named('complaintClosed')];
export const reopened = [...closed, ...named('complaintReopened')];
export const withdrawn = [...assessed, ...named('complaintWithdrawn')];
export const voided = [...assessed, ...named('complaintVoided')];
