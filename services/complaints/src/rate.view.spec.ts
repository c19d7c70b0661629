import { describe, expect, it } from '@jest/globals';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { story } from '@guanxi/event-sourcing/story';
import { rateView } from './rate.view.js';
import { accountId, complaintId, event } from './testing/story.js';

const orderId = '00000000-0000-7000-8000-000000000002';
const [march, april] = ['2019-03-31T23:59:59.999Z', '2019-04-01T00:00:00.000Z'];
const facts = { orderId, accountId, currency: 'CNY', quantity: '1', amountMinor: '1' };
const recorded = (orderedAt: string) => ({
  orderRecorded: { ...facts, orderedAt, externalRef: { system: 's', id: '1' }, lines: [], adjustments: [] },
});
const voided = (orderedAt: string) => ({ orderVoided: { ...facts, orderedAt, reason: 'x', returns: 0 } });
const returned = (orderedAt: string) => ({ orderReturned: { ...facts, orderedAt, number: 1, lines: [], returnedAt: april, reason: 'x' } });
const told = () => story(rateView);

describe('complaints per 10,000 orders, by month', () => {
  it('sets complaints by the day they were received against orders by the day they were placed, in UTC', () => {
    const rates = told()
      .tell(OrderEvent, orderId, recorded(march))
      .tell(OrderEvent, orderId, recorded(march))
      .tell(OrderEvent, orderId, recorded(march))
      .tell(OrderEvent, orderId, recorded(april))
      .tell(ComplaintEvent, complaintId, event('complaintReceived', { receivedAt: march }))
      .tell(ComplaintEvent, complaintId, event('complaintImported', { receivedAt: april }));
    expect(rates.rows()).toEqual([
      { month: '2019-03', orders: 3, complaints: 1, perTenThousand: '3333.3333' },
      { month: '2019-04', orders: 1, complaints: 1, perTenThousand: '10000.0000' },
    ]);
  });
  it('says nothing where there was no order', () =>
    expect(
      told()
        .tell(ComplaintEvent, complaintId, event('complaintReceived', { receivedAt: april }))
        .rows(),
    ).toEqual([{ month: '2019-04', orders: 0, complaints: 1 }]));
  it('takes off what was recorded in error, from the month it was counted in', () => {
    const rates = told()
      .tell(OrderEvent, orderId, recorded(march))
      .tell(OrderEvent, orderId, recorded(march))
      .tell(ComplaintEvent, complaintId, event('complaintReceived', { receivedAt: march }))
      .tell(OrderEvent, orderId, voided(march))
      .tell(ComplaintEvent, complaintId, event('complaintVoided', { receivedAt: march }));
    expect(rates.rows()).toEqual([{ month: '2019-03', orders: 1, complaints: 0, perTenThousand: '0.0000' }]);
  });
  it('forgets a month in which all was recorded in error', () =>
    expect(told().tell(OrderEvent, orderId, recorded(march)).tell(OrderEvent, orderId, voided(march)).rows()).toEqual([]));
  it('does not mind returns, verdicts and closings', () =>
    expect(
      told()
        .tell(OrderEvent, orderId, recorded(march))
        .tell(OrderEvent, orderId, returned(march))
        .tell(ComplaintEvent, complaintId, event('complaintJudged'))
        .tell(ComplaintEvent, complaintId, event('complaintClosed'))
        .rows(),
    ).toEqual([{ month: '2019-03', orders: 1, complaints: 0, perTenThousand: '0.0000' }]));
});
