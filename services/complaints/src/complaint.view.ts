import { Complaint, ComplaintEvent, type ComplaintRemedy } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { view, type Meta } from '@guanxi/event-sourcing/view';
import { importedStatus } from './complaint.rules.js';

const touched = ({ version, at }: Meta) => ({ version, updatedAt: at });

const begun = (row: Complaint | undefined, meta: Meta) => ({
  complaintId: meta.stream,
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
  createdAt: row?.createdAt ?? meta.at,
  ...touched(meta),
});

const withLast = (remedies: readonly ComplaintRemedy[], changed: Partial<ComplaintRemedy>): ComplaintRemedy[] => [
  ...remedies.slice(0, -1),
  ...remedies.slice(-1).map((it) => ({ ...it, ...changed })),
];

/** Complaints with all that was done about them. */
export const complaintView = view(Complaint, {
  version: 1,
  table: 'complaints',
  key: 'complaintId',
  filters: ['accountId', 'status', 'category', 'receivedAt', 'createdAt'],
  columns: { channel: { type: 'text', of: (row) => row.channel, indexed: false } },
}).of(ComplaintEvent, {
  complaintReceived: (row, event, meta) => ({ ...begun(row, meta), ...event, status: 'RECEIVED' }),
  complaintImported: (row, event, meta) => ({
    ...begun(row, meta),
    ...event,
    status: importedStatus(event),
    imported: true,
    inconsistent: event.closedAt !== undefined && event.closedAt < event.receivedAt,
  }),
  customerHeard: (row, _, meta) => row && { ...row, status: row.status === 'RECEIVED' ? 'HEARD' : row.status, heardAt: meta.at, ...touched(meta) },
  complaintAcknowledged: (row, { handlerId, nextContactAt }, meta) =>
    row && {
      ...row,
      status: row.status === 'REOPENED' ? row.status : 'ACKNOWLEDGED',
      acknowledgedAt: meta.at,
      handlerId,
      nextContactAt,
      ...touched(meta),
    },
  complaintAssessed: (row, { severity, safety, urgency, level, complainedOfId }, meta) =>
    row && { ...row, status: 'ASSESSED', assessedAt: meta.at, severity, safety, urgency, level, complainedOfId, ...touched(meta) },
  keyPointsRecorded: (row, { keyPoints }, meta) => row && { ...row, keyPoints, ...touched(meta) },
  investigationAssigned: (row, { investigatorId }, meta) => row && { ...row, status: 'INVESTIGATING', investigatorId, ...touched(meta) },
  investigationCompleted: (row, { findings, evidence }, meta) =>
    row && { ...row, status: 'INVESTIGATED', investigatedAt: meta.at, findings, evidence, ...touched(meta) },
  complaintJudged: (row, { verdict, cause, reasons, alternatives }, meta) =>
    row && { ...row, status: 'JUDGED', verdict, cause, reasons, alternatives, decidedAt: meta.at, ...touched(meta) },
  decisionCommunicated: (row, _, meta) => row && { ...row, status: 'DECISION_COMMUNICATED', decisionCommunicatedAt: meta.at, ...touched(meta) },
  remedyProposed: (row, { remedy, answerBy }, meta) =>
    row && {
      ...row,
      status: 'REMEDY_PROPOSED',
      remedies: [...row.remedies, { remedy, outcome: 'PROPOSED', proposedAt: meta.at, answerBy }],
      ...touched(meta),
    },
  remedyAccepted: (row, { consent }, meta) =>
    row && {
      ...row,
      status: 'REMEDY_ACCEPTED',
      remedies: withLast(row.remedies, { outcome: 'ACCEPTED', answeredAt: meta.at, answer: consent }),
      ...touched(meta),
    },
  remedyRejected: (row, { reason }, meta) =>
    row && {
      ...row,
      status: 'REMEDY_REJECTED',
      remedies: withLast(row.remedies, { outcome: 'REJECTED', answeredAt: meta.at, answer: reason }),
      ...touched(meta),
    },
  remedyExecuted: (row, { notes }, meta) =>
    row && {
      ...row,
      status: 'REMEDY_EXECUTED',
      remedyExecutedAt: meta.at,
      remedies: withLast(row.remedies, { outcome: 'EXECUTED', executedAt: meta.at, notes }),
      ...touched(meta),
    },
  followUpMade: (row, { notes, satisfaction, disputed }, meta) =>
    row && {
      ...row,
      status: 'FOLLOWING_UP',
      followUps: [...row.followUps, { madeAt: meta.at, notes, satisfaction, disputed }],
      disputed: disputed ?? row.disputed,
      ...touched(meta),
    },
  complaintClosed: (row, { resolution }, meta) => row && { ...row, status: 'CLOSED', closed: true, closedAt: meta.at, resolution, ...touched(meta) },
  complaintReopened: (row, { reason }, meta) =>
    row && {
      ...row,
      status: 'REOPENED',
      closed: false,
      closedAt: undefined,
      // The verdict falls with the reopening; that it was closed before it was received no longer matters either.
      verdict: undefined,
      decidedAt: undefined,
      inconsistent: false,
      reopened: row.reopened + 1,
      statusReason: reason,
      ...touched(meta),
    },
  complaintWithdrawn: (row, { reason }, meta) =>
    row && { ...row, status: 'WITHDRAWN', closed: true, closedAt: meta.at, statusReason: reason, ...touched(meta) },
  complaintVoided: (row, { reason }, meta) => row && { ...row, status: 'VOIDED', statusReason: reason, ...touched(meta) },
});
