import { Order, OrderEvent, type OrderReturn, type OrderStatus } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { minus, plus } from '@guanxi/event-sourcing/amount';
import { view, type Meta } from '@guanxi/event-sourcing/view';

const touched = ({ version, at }: Meta) => ({ version, updatedAt: at });

const statusOf = (returns: readonly OrderReturn[], quantity: string): OrderStatus => {
  if (returns.every((it) => it.voidReason !== undefined)) return 'RECORDED';
  return quantity === '0' ? 'RETURNED' : 'PARTLY_RETURNED';
};
const withReturns = (row: Order, returns: OrderReturn[], quantity: string): Order => ({
  ...row,
  returns,
  quantity,
  status: statusOf(returns, quantity),
});

/** Orders with their returns. */
export const orderView = view(Order, {
  version: 1,
  table: 'orders',
  key: 'orderId',
  filters: ['accountId', 'status', 'currency', 'orderedAt', 'createdAt'],
}).of(OrderEvent, {
  orderRecorded: (row, { orderId, ...event }, meta) => ({
    orderId,
    status: 'RECORDED',
    returns: [],
    ...event,
    createdAt: row?.createdAt ?? meta.at,
    ...touched(meta),
  }),
  orderReturned: (row, { number, externalRef, lines, returnedAt, reason, amountMinor, quantity }, meta) =>
    row && {
      ...withReturns(row, [...row.returns, { number, externalRef, lines, returnedAt, reason, amountMinor, quantity }], minus(row.quantity, quantity)),
      amountMinor: minus(row.amountMinor, amountMinor),
      ...touched(meta),
    },
  returnVoided: (row, { number, reason, amountMinor, quantity }, meta) =>
    row && {
      ...withReturns(
        row,
        row.returns.map((it) => (it.number === number ? { ...it, voidReason: reason } : it)),
        plus(row.quantity, quantity),
      ),
      amountMinor: plus(row.amountMinor, amountMinor),
      ...touched(meta),
    },
  orderVoided: (row, { reason }, meta) => row && { ...row, status: 'VOIDED', quantity: '0', amountMinor: '0', voidReason: reason, ...touched(meta) },
});
