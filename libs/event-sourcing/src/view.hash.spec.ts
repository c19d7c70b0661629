import { describe, expect, it } from '@jest/globals';
import { Order, OrderEvent } from './testing/shop.js';
import { orderView, payAtOnce, shop } from './testing/shop.views.js';
import { viewHashes } from './view.hash.js';
import { same, view } from './view.js';

const of = (version: number, amount: string) =>
  view(Order, { version, table: 'shop_order', key: 'orderId', filters: ['status'] }).of(OrderEvent, {
    orderPlaced: same,
    orderVoided: same,
    orderPaid: amount === 'kept' ? (row) => row && { ...row, status: 'PAID' } : (row, event) => row && { ...row, amount: event.amount },
  });
const hashOf = (it: ReturnType<typeof of>): Record<string, string> => viewHashes({ ...shop, views: [it] });

describe('a view’s hash', () => {
  it('is the same for the same definition and names its version', () => {
    expect(hashOf(of(3, 'kept'))).toEqual(hashOf(of(3, 'kept')));
    expect(Object.keys(hashOf(of(3, 'kept')))).toEqual(['shop_order v3']);
  });

  it('changes with a fold, a column, a policy and a named helper, and not with the version number', () => {
    const [known] = Object.values(hashOf(of(3, 'kept')));
    expect(Object.values(hashOf(of(4, 'kept')))).toEqual([known]);
    expect(Object.values(hashOf(of(3, 'taken')))).not.toEqual([known]);
    const before = viewHashes(shop);
    expect(viewHashes({ ...shop, policies: [payAtOnce] })['shop_order v1']).not.toBe(before['shop_order v1']);
    expect(viewHashes({ ...shop, policies: [payAtOnce] })['shop_account v1']).toBe(before['shop_account v1']);
    const wider = { ...orderView, options: { ...orderView.options, filters: ['status'] } } as typeof orderView;
    expect(viewHashes({ ...shop, views: [wider] })).not.toEqual(viewHashes({ ...shop, views: [orderView] }));
    const column = (of: () => string) => ({ ...orderView, options: { ...orderView.options, columns: { kind: { type: 'text' as const, of } } } });
    expect(viewHashes({ ...shop, views: [column(() => 'a')] })).not.toEqual(viewHashes({ ...shop, views: [column(() => 'b')] }));
    expect(viewHashes(shop, [(a: number) => a + 1])).not.toEqual(viewHashes(shop, [(a: number) => a + 2]));
  });
});
