import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { TimelineEntry } from '@guanxi/contracts/guanxi/interactions/v1/timeline';
import { view } from '@guanxi/event-sourcing/view';
import { byEvent, entriesOf, voidKinds } from './timeline.entry.js';

const own = entriesOf('interactions');
const accounts = entriesOf('accounts');
const complaints = entriesOf('complaints');

/**
 * What happened with each customer, one row a fact, own and received alike. What was said, and names, are left where they are.
 * A complaint's later events do not name the account; the record's customer is it.
 */
export const timelineView = view(TimelineEntry, {
  version: 1,
  table: 'timeline',
  key: 'entryId',
  filters: ['accountId'],
  columns: {
    kind: { type: 'text', of: (row) => row.kind, indexed: false },
    at: { type: 'timestamptz', of: (row) => row.at, indexed: false },
    voids: { type: 'uuid', of: (row) => (voidKinds.includes(row.kind) ? row.subjectId : null) },
  },
})
  .of(
    InteractionEvent,
    {
      interactionLogged: (_, { accountId, type, channel, startedAt }, meta) =>
        own(accountId, 'INTERACTION_LOGGED', meta, { at: startedAt, topic: type, channel }),
      interactionCorrected: (_, { accountId, type, channel }, meta) => own(accountId, 'INTERACTION_CORRECTED', meta, { topic: type, channel }),
      interactionVoided: (_, { accountId, type, channel }, meta) => own(accountId, 'INTERACTION_VOIDED', meta, { topic: type, channel }),
    },
    byEvent,
  )
  .on(
    AccountEvent,
    {
      accountRegistered: (_, { kind }, meta) => accounts(meta.stream, 'ACCOUNT_REGISTERED', meta, { topic: kind }),
      lifecycleChanged: (_, { to }, meta) => accounts(meta.stream, 'LIFECYCLE_CHANGED', meta, { topic: to }),
    },
    byEvent,
  )
  .on(
    OrderEvent,
    {
      orderRecorded: (_, { accountId, orderedAt, amountMinor, currency }, meta) =>
        accounts(accountId, 'ORDER_RECORDED', meta, { at: orderedAt, money: { amountMinor, currency } }),
      orderReturned: (_, { accountId, returnedAt, number, amountMinor, currency }, meta) =>
        accounts(accountId, 'ORDER_RETURNED', meta, { at: returnedAt, money: { amountMinor, currency }, number }),
      returnVoided: (_, { accountId, number, amountMinor, currency }, meta) =>
        accounts(accountId, 'RETURN_VOIDED', meta, { money: { amountMinor, currency }, number }),
      orderVoided: (_, { accountId, amountMinor, currency }, meta) => accounts(accountId, 'ORDER_VOIDED', meta, { money: { amountMinor, currency } }),
    },
    byEvent,
  )
  .on(
    ComplaintEvent,
    {
      complaintReceived: (_, { accountId, receivedAt, category, channel }, meta) =>
        complaints(accountId, 'COMPLAINT_RECEIVED', meta, { at: receivedAt, topic: category, channel }),
      complaintImported: (_, { accountId, receivedAt, category, channel }, meta) =>
        complaints(accountId, 'COMPLAINT_IMPORTED', meta, { at: receivedAt, topic: category, channel }),
      customerHeard: (_, _event, meta) => complaints(meta.customer, 'CUSTOMER_HEARD', meta),
      complaintAcknowledged: (_, _event, meta) => complaints(meta.customer, 'COMPLAINT_ACKNOWLEDGED', meta),
      complaintJudged: (_, { verdict }, meta) => complaints(meta.customer, 'COMPLAINT_JUDGED', meta, { topic: verdict }),
      decisionCommunicated: (_, _event, meta) => complaints(meta.customer, 'DECISION_COMMUNICATED', meta),
      remedyProposed: (_, { remedy }, meta) => complaints(meta.customer, 'REMEDY_PROPOSED', meta, { topic: remedy.type, money: remedy.value }),
      remedyAccepted: (_, _event, meta) => complaints(meta.customer, 'REMEDY_ACCEPTED', meta),
      remedyRejected: (_, _event, meta) => complaints(meta.customer, 'REMEDY_REJECTED', meta),
      remedyExecuted: (_, _event, meta) => complaints(meta.customer, 'REMEDY_EXECUTED', meta),
      followUpMade: (_, _event, meta) => complaints(meta.customer, 'FOLLOW_UP_MADE', meta),
      complaintClosed: (_, _event, meta) => complaints(meta.customer, 'COMPLAINT_CLOSED', meta),
      complaintReopened: (_, _event, meta) => complaints(meta.customer, 'COMPLAINT_REOPENED', meta),
      complaintWithdrawn: (_, _event, meta) => complaints(meta.customer, 'COMPLAINT_WITHDRAWN', meta),
      complaintVoided: (_, _event, meta) => complaints(meta.customer, 'COMPLAINT_VOIDED', meta),
    },
    byEvent,
  );
