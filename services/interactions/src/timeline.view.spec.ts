import { describe, expect, it } from '@jest/globals';
import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent, type OrderRecorded } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { story } from '@guanxi/event-sourcing/story';
import { isVoid, withVoids } from './timeline.entry.js';
import { accountId, event, externalRef, interactionId, startedAt } from './testing/story.js';
import { timelineView } from './timeline.view.js';

const orderId = '00000000-0000-7000-8000-000000000002';
const complaintId = '00000000-0000-7000-8000-000000000003';
const orderedAt = '2026-02-01T08:00:00.000Z';
const money = { amountMinor: '1177', currency: 'CNY' };
const of = { orderId, accountId, orderedAt, currency: 'CNY', quantity: '1', amountMinor: '1177' };
const order: OrderRecorded = { ...of, externalRef, lines: [{ product: '茶', quantity: '1', amountMinor: '1177' }], adjustments: [] };
const recorded = { orderRecorded: order };
const returned = { orderReturned: { ...of, number: 1, lines: [], returnedAt: startedAt, reason: '受潮' } };
const received = { channel: 'PHONE', category: 'delivery', receivedAt: startedAt } as const;
const told = () => story(timelineView);

describe('the timeline', () => {
  it('has an entry a fact of an interaction, with the time it happened and the time it was recorded', () => {
    const rows = told()
      .tell(InteractionEvent, interactionId, event('interactionLogged'))
      .tell(InteractionEvent, interactionId, event('interactionCorrected'))
      .tell(InteractionEvent, interactionId, event('interactionVoided'))
      .rows();
    expect(rows[0]).toEqual({
      ...{ entryId: '00000000-0000-7000-9000-000000000001', accountId, kind: 'INTERACTION_LOGGED', source: 'interactions' },
      ...{ at: startedAt, recordedAt: '2026-11-22T09:00:00.000Z', subjectId: interactionId, subjectVersion: 1 },
      ...{ topic: 'CALL', channel: 'PHONE', voided: false },
    });
    expect(rows.slice(1)).toMatchObject([
      { kind: 'INTERACTION_CORRECTED', topic: 'VISIT', at: '2026-11-22T10:00:00.000Z' },
      { kind: 'INTERACTION_VOIDED', topic: 'CALL', at: '2026-11-22T11:00:00.000Z' },
    ]);
  });
  it('says nothing of what has no customer', () =>
    expect(
      told()
        .tell(InteractionEvent, interactionId, event('interactionLogged', { accountId: undefined }))
        .tell(ComplaintEvent, complaintId, { complaintReceived: { ...received, complaintId, facts: '茶叶发霉' } })
        .tell(ComplaintEvent, complaintId, { complaintClosed: { resolution: '已退款' } })
        .rows(),
    ).toEqual([]));
  it('tells of an account’s registration and its lifecycle, without its name', () => {
    const rows = told()
      .tell(AccountEvent, accountId, {
        accountRegistered: { accountId, kind: 'PERSON', displayName: '王小明', segmentId: 'default', lifecycle: 'POTENTIAL' },
      })
      .tell(AccountEvent, accountId, { profileUpdated: { displayName: '王大明' } })
      .tell(AccountEvent, accountId, { lifecycleChanged: { from: 'POTENTIAL', to: 'ACTUAL', reason: '首单' } })
      .rows();
    expect(rows).toMatchObject([
      { kind: 'ACCOUNT_REGISTERED', source: 'accounts', subjectId: accountId, topic: 'PERSON' },
      { kind: 'LIFECYCLE_CHANGED', topic: 'ACTUAL', accountId },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/明|首单/);
  });
  it('tells of orders and what came back, with what it was worth', () =>
    expect(
      told()
        .tell(OrderEvent, orderId, recorded)
        .tell(OrderEvent, orderId, returned)
        .tell(OrderEvent, orderId, { returnVoided: { ...of, number: 1, reason: '误录' } })
        .tell(OrderEvent, orderId, { orderVoided: { ...of, reason: '误录', returns: 0 } })
        .rows(),
    ).toMatchObject([
      { kind: 'ORDER_RECORDED', at: orderedAt, subjectId: orderId, money },
      { kind: 'ORDER_RETURNED', at: startedAt, money, number: 1 },
      { kind: 'RETURN_VOIDED', money, number: 1 },
      { kind: 'ORDER_VOIDED', money },
    ]));
  it('tells how a complaint went, by the customer that its records name, but not the steps among ourselves', () => {
    const meta = { customer: accountId };
    const remedy = { type: 'REFUND', value: money, description: '全额退款' } as const;
    const rows = told()
      .tell(ComplaintEvent, complaintId, { complaintReceived: { ...received, complaintId, accountId, facts: '茶叶发霉' } }, meta)
      .tell(ComplaintEvent, complaintId, { complaintAssessed: { severity: 3, safety: false, urgency: 2, level: 'LOCAL' } }, meta)
      .tell(ComplaintEvent, complaintId, { complaintJudged: { verdict: 'FOUNDED', cause: 'QUALITY', reasons: [], alternatives: [] } }, meta)
      .tell(ComplaintEvent, complaintId, { remedyProposed: { remedy } }, meta)
      .tell(ComplaintEvent, complaintId, { complaintClosed: { resolution: '已退款' } }, meta)
      .rows();
    expect(rows).toMatchObject([
      { kind: 'COMPLAINT_RECEIVED', source: 'complaints', at: startedAt, topic: 'delivery', channel: 'PHONE' },
      { kind: 'COMPLAINT_JUDGED', topic: 'FOUNDED', accountId },
      { kind: 'REMEDY_PROPOSED', topic: 'REFUND', money },
      { kind: 'COMPLAINT_CLOSED', subjectId: complaintId, subjectVersion: 5 },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/发霉|退款/);
  });
});

describe('entries that were taken back', () => {
  const entries = told()
    .tell(OrderEvent, orderId, recorded)
    .tell(OrderEvent, orderId, returned)
    .tell(OrderEvent, orderId, { returnVoided: { ...of, number: 1, reason: '误录' } })
    .tell(OrderEvent, orderId, { orderReturned: { ...returned.orderReturned, number: 2 } })
    .rows();
  const marks = (all: typeof entries) => withVoids(all, all.filter(isVoid)).map((it) => it.voided);

  it('are that return alone, where a return is void', () => expect(marks(entries)).toEqual([false, true, false, false]));
  it('are all of the order, where the order is void, but not what was recorded anew', () => {
    const all = told();
    for (const one of [recorded, returned, { orderVoided: { ...of, reason: '误录', returns: 1 } }, recorded, returned])
      all.tell(OrderEvent, orderId, one);
    expect(marks(all.rows())).toEqual([true, true, false, false, false]);
  });
  it('are of the same thing', () => {
    const all = told()
      .tell(InteractionEvent, interactionId, event('interactionLogged'))
      .tell(InteractionEvent, orderId, event('interactionLogged'))
      .tell(InteractionEvent, orderId, event('interactionVoided'))
      .rows();
    expect(marks(all)).toEqual([false, true, false]);
  });
});
