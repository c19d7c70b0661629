import { describe, it } from '@jest/globals';
import type { OrderLine, OrderRecorded, OrderReturned, ReturnLine } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { order } from './order.decider.js';

const orderId = '00000000-0000-7000-8000-000000000001';
const accountId = '00000000-0000-7000-8000-00000000000a';
const externalRef = { system: 'shop', id: '1' };
const orderedAt = '1997-01-01T00:00:00.000Z';
const facts = { orderId, accountId, currency: 'CNY', orderedAt };
const line = (product: string, quantity: string, amountMinor: string): ReturnLine => ({ product, quantity, amountMinor });
const lines: OrderLine[] = [line('茶', '2', '1000'), line('cup', '1.5', '300'), line('茶', '1', '500')];
const recorded: { orderRecorded: OrderRecorded } = {
  orderRecorded: { ...facts, externalRef, lines, adjustments: [{ type: 'DISCOUNT', amountMinor: '-100' }], amountMinor: '1700', quantity: '4.5' },
};
const record = { recordOrder: { accountId, externalRef, orderedAt, currency: 'CNY', lines, adjustments: recorded.orderRecorded.adjustments } };
const returnedAt = '1997-02-01T00:00:00.000Z';
const giveBack = (...back: ReturnLine[]) => ({ returnOrder: { orderId, lines: back, returnedAt, reason: 'broken' } });
const returned = (number: number, quantity: string, amountMinor: string, back: ReturnLine[], more: Partial<OrderReturned> = {}) => ({
  orderReturned: { ...facts, number, lines: back, returnedAt, reason: 'broken', quantity, amountMinor, ...more },
});
const oneTea = [line('茶', '1', '500')];
const voidOrder = { voidOrder: { orderId, reason: 'typed twice' } };
const voided = { orderVoided: { ...facts, reason: 'typed twice', quantity: '4.5', amountMinor: '1700', returns: 0 } };
const voidReturn = (number: number) => ({ voidReturn: { orderId, number, reason: 'another order' } });
const returnVoided = { returnVoided: { ...facts, number: 1, reason: 'another order', quantity: '1', amountMinor: '500' } };
const { given } = scenario(order, { id: orderId });

describe('recording an order', () => {
  it('sums lines and adjustments, and quantities of any precision', () => given().when(record).gives(recorded));
  it('takes a line of nothing and for nothing as a fact', () =>
    given()
      .when({ recordOrder: { ...record.recordOrder, lines: [line('gift', '0', '0')], adjustments: [] } })
      .gives({ orderRecorded: { ...recorded.orderRecorded, lines: [line('gift', '0', '0')], adjustments: [], amountMinor: '0', quantity: '0' } }));
  it('sums beyond what a float can hold', () => {
    const big = [line('ship', '1', '9007199254740993'), line('flag', '1', '2')];
    given()
      .when({ recordOrder: { ...record.recordOrder, lines: big, adjustments: [] } })
      .gives({ orderRecorded: { ...recorded.orderRecorded, lines: big, adjustments: [], amountMinor: '9007199254740995', quantity: '2' } });
  });
  it('is refused for an account that nobody registered', () =>
    scenario(order, { exists: (id) => id !== accountId })
      .given()
      .when(record)
      .rejects('account-not-found'));
  it('is refused where the reference is taken', () => given(recorded).when(record).rejects('external-ref-taken'));
  it.each([
    ['above', '10000000000000000', '1'],
    ['below', '0', '-10000000000000001'],
  ])('is refused where the sum is %s what an order can be worth', (_, ofLine, adjustment) =>
    given()
      .when({ recordOrder: { ...record.recordOrder, lines: [line('ship', '1', ofLine)], adjustments: [{ type: 'OTHER', amountMinor: adjustment }] } })
      .rejects('amount-too-large'),
  );
  it('records a void order anew, for another account too', () => {
    const other = '00000000-0000-7000-8000-00000000000b';
    given(recorded, voided)
      .when({ recordOrder: { ...record.recordOrder, accountId: other } })
      .gives({ orderRecorded: { ...recorded.orderRecorded, accountId: other } });
  });
});

describe('returning', () => {
  it('is refused for an order that nobody recorded', () =>
    given()
      .when(giveBack(...oneTea))
      .rejects('order-not-found'));
  it('takes back a part', () =>
    given(recorded)
      .when(giveBack(...oneTea))
      .gives(returned(1, '1', '500', oneTea)));
  it('takes back all lines of a product together', () => {
    const allTea = [line('茶', '2.5', '900'), line('茶', '0.5', '600')];
    given(recorded)
      .when(giveBack(...allTea))
      .gives(returned(1, '3', '1500', allTea));
  });
  it('counts the returns of an order', () =>
    given(recorded, returned(1, '1', '500', oneTea))
      .when(giveBack(...oneTea))
      .gives(returned(2, '1', '500', oneTea)));
  it.each([
    ['more of a product than was bought', [line('cup', '1.500001', '1')]],
    ['more of a product than was bought, over two lines', [line('cup', '1', '1'), line('cup', '1', '1')]],
    ['more money for a product than was paid', [line('cup', '1', '301')]],
    ['a product that was not bought', [line('pot', '0', '0')]],
    ['a product that only an object has', [line('constructor', '0', '0')]],
  ])('never takes back %s', (_, back) =>
    given(recorded)
      .when(giveBack(...back))
      .rejects('return-exceeds-order'),
  );
  it('never takes back what came back already', () =>
    given(recorded, returned(1, '3', '1500', [line('茶', '3', '1500')]))
      .when(giveBack(...oneTea))
      .rejects('return-exceeds-order'));
  it('takes back again what a void return had taken', () =>
    given(recorded, returned(1, '1', '500', oneTea), returnVoided)
      .when(giveBack(line('茶', '3', '1500')))
      .gives(returned(2, '3', '1500', [line('茶', '3', '1500')])));
  it('is refused where the reference of the return is taken', () =>
    given(recorded, returned(1, '1', '500', oneTea, { externalRef }))
      .when({ returnOrder: { orderId, lines: oneTea, returnedAt, reason: 'broken', externalRef } })
      .rejects('external-ref-taken'));
  it('is refused for a void order', () =>
    given(recorded, voided)
      .when(giveBack(...oneTea))
      .rejects('order-voided'));
});

describe('what was recorded in error', () => {
  it('is void as a whole, with what was left of it', () => given(recorded).when(voidOrder).gives(voided));
  it('takes its returns along, but not the void ones', () =>
    given(recorded, returned(1, '1', '500', oneTea), returnVoided, returned(2, '1', '500', oneTea))
      .when(voidOrder)
      .gives({ orderVoided: { ...voided.orderVoided, quantity: '3.5', amountMinor: '1200', returns: 1 } }));
  it('is void once', () => given(recorded, voided).when(voidOrder).rejects('order-voided'));
  it('must have been recorded', () => given().when(voidOrder).rejects('order-not-found'));
  it('may be one return alone', () =>
    given(recorded, returned(1, '1', '500', oneTea))
      .when(voidReturn(1))
      .gives(returnVoided));
  it('may not be a return that is not there', () => given(recorded).when(voidReturn(1)).rejects('return-not-found'));
  it('may not be a return that is void already', () =>
    given(recorded, returned(1, '1', '500', oneTea), returnVoided)
      .when(voidReturn(1))
      .rejects('return-not-found'));
  it('may not be a return of a void order', () =>
    given(recorded, returned(1, '1', '500', oneTea), voided)
      .when(voidReturn(1))
      .rejects('order-voided'));
  it('may not be a return of an order that nobody recorded', () => given().when(voidReturn(1)).rejects('order-not-found'));
});
