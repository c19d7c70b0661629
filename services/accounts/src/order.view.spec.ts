import { describe, expect, it } from '@jest/globals';
import { OrderEvent, type OrderRecorded } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { story } from '@guanxi/event-sourcing/story';
import { orderView } from './order.view.js';

const orderId = '00000000-0000-7000-8000-000000000001';
const facts = { orderId, accountId: '00000000-0000-7000-8000-00000000000a', currency: 'USD', orderedAt: '1997-03-01T00:00:00.000Z' };
const bought: OrderRecorded = {
  ...facts,
  externalRef: { system: 'shop', id: '1' },
  lines: [{ product: 'CD', quantity: '2', amountMinor: '1200' }],
  adjustments: [{ type: 'FREIGHT', amountMinor: '300' }],
  placeOfSale: '上海',
  amountMinor: '1500',
  quantity: '2',
};
const recorded = { orderRecorded: bought };
const returned = (number: number, quantity: string, amountMinor: string) => ({
  orderReturned: {
    ...facts,
    number,
    lines: [{ product: 'CD', quantity, amountMinor }],
    returnedAt: '1997-04-01T00:00:00.000Z',
    reason: 'broken',
    quantity,
    amountMinor,
  },
});
const returnVoided = { returnVoided: { ...facts, number: 1, reason: 'another order', quantity: '1', amountMinor: '600' } };
const orderVoided = { orderVoided: { ...facts, reason: 'typed twice', quantity: '1', amountMinor: '900', returns: 1 } };
const told = (...events: (typeof recorded | ReturnType<typeof returned> | typeof returnVoided | typeof orderVoided)[]) =>
  events.reduce((it, event) => it.tell(OrderEvent, orderId, event), story(orderView)).row(orderId);

describe('an order as it stands', () => {
  it('begins with what was recorded', () =>
    expect(told(recorded)).toEqual({
      ...bought,
      status: 'RECORDED',
      returns: [],
      version: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
    }));
  it('is partly returned while something is left, with adjustments in what is left', () => {
    const row = told(recorded, returned(1, '1', '600'));
    expect(row).toMatchObject({ status: 'PARTLY_RETURNED', quantity: '1', amountMinor: '900', version: 2 });
    expect(row?.returns).toMatchObject([{ number: 1, reason: 'broken', quantity: '1', amountMinor: '600', returnedAt: '1997-04-01T00:00:00.000Z' }]);
  });
  it('is returned when the whole quantity came back', () =>
    expect(told(recorded, returned(1, '1', '600'), returned(2, '1', '600'))).toMatchObject({
      status: 'RETURNED',
      quantity: '0',
      amountMinor: '300',
    }));
  it('is recorded again once its only return is void', () => {
    const row = told(recorded, returned(1, '1', '600'), returnVoided);
    expect(row).toMatchObject({ status: 'RECORDED', quantity: '2', amountMinor: '1500' });
    expect(row?.returns[0]?.voidReason).toBe('another order');
  });
  it('stays partly returned while another return counts', () =>
    expect(told(recorded, returned(1, '1', '600'), returned(2, '1', '600'), returnVoided)).toMatchObject({
      status: 'PARTLY_RETURNED',
      quantity: '1',
    }));
  it('is worth nothing when void, and says why', () =>
    expect(told(recorded, returned(1, '1', '600'), orderVoided)).toMatchObject({
      status: 'VOIDED',
      quantity: '0',
      amountMinor: '0',
      voidReason: 'typed twice',
    }));
  it('is as new when recorded anew, but for when it was first recorded', () =>
    expect(told(recorded, returned(1, '1', '600'), orderVoided, recorded)).toEqual({
      ...bought,
      status: 'RECORDED',
      returns: [],
      version: 4,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
    }));
});
