import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { TimelineEntry } from '@guanxi/contracts/guanxi/interactions/v1/timeline';
import { MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { PointsEvent } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { ConsentEvent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { OptOutEvent } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { view } from '@guanxi/event-sourcing/view';
import { byEvent, entriesOf, isVoid } from './timeline.entry.js';

const own = entriesOf('interactions');
const accounts = entriesOf('accounts');
const complaints = entriesOf('complaints');
const loyalty = entriesOf('loyalty');
const privacy = entriesOf('privacy');

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
    voids: { type: 'uuid', of: (row) => (isVoid(row) ? row.subjectId : null) },
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
    ContactEvent,
    {
      contactAdded: (_, { accountId }, meta) => accounts(accountId, 'CONTACT_ADDED', meta),
      contactLinked: (_, { accountId }, meta) => accounts(accountId, 'CONTACT_ADDED', meta),
      contactUnlinked: (_, { accountId }, meta) => accounts(accountId, 'CONTACT_UNLINKED', meta),
      contactDeparted: (_, { accountId }, meta) => accounts(accountId, 'CONTACT_DEPARTED', meta),
      contactVoided: (_, _event, meta) => accounts(meta.customer, 'CONTACT_VOIDED', meta),
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
  )
  .on(
    MembershipEvent,
    {
      memberEnrolled: (_, { accountId, programme }, meta) => loyalty(accountId, 'MEMBER_ENROLLED', meta, { topic: programme }),
      memberLeft: (_, { accountId, programme }, meta) => loyalty(accountId, 'MEMBER_LEFT', meta, { topic: programme }),
    },
    byEvent,
  )
  .on(
    // Not every earning: the order that earned the points is here already.
    PointsEvent,
    {
      pointsRedeemed: (_, { accountId, number, points }, meta) => loyalty(accountId, 'POINTS_REDEEMED', meta, { number, points }),
      redemptionVoided: (_, { accountId, number, points }, meta) => loyalty(accountId, 'REDEMPTION_VOIDED', meta, { number, points }),
      pointsExpired: (_, { accountId, points }, meta) => loyalty(accountId, 'POINTS_EXPIRED', meta, { points }),
    },
    byEvent,
  )
  .on(
    OptOutEvent,
    {
      optOutSet: (_, { accountId, optOut, channel }, meta) => privacy(accountId, 'OPT_OUT_SET', meta, { topic: optOut, channel }),
      optOutCleared: (_, { accountId, optOut, channel }, meta) => privacy(accountId, 'OPT_OUT_CLEARED', meta, { topic: optOut, channel }),
    },
    byEvent,
  )
  .on(
    ConsentEvent,
    {
      consentGranted: (_, { accountId, grantedAt, purpose, channel }, meta) =>
        privacy(accountId, 'CONSENT_GRANTED', meta, { at: grantedAt, topic: purpose, channel }),
      consentWithdrawn: (_, { accountId, withdrawnAt, purpose, channel }, meta) =>
        privacy(accountId, 'CONSENT_WITHDRAWN', meta, { at: withdrawnAt, topic: purpose, channel }),
      consentExpired: (_, { accountId, expiresAt, purpose }, meta) => privacy(accountId, 'CONSENT_EXPIRED', meta, { at: expiresAt, topic: purpose }),
      consentLapsed: (_, { accountId, purpose }, meta) => privacy(accountId, 'CONSENT_LAPSED', meta, { topic: purpose }),
    },
    byEvent,
  );
