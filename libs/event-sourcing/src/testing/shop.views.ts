import { decider } from '../decider.js';
import { policy } from '../policy.js';
import type { ServiceDefinition } from '../service.js';
import { view } from '../view.js';
import { Account, AccountEvent, Order, OrderCommands, OrderEvent } from './shop.js';

const none: { paid: boolean } = { paid: false };

/** An order that can be paid again and again, so that a command that was done twice shows. */
export const order = decider({
  stream: 'order',
  version: 1,
  commands: OrderCommands,
  events: OrderEvent,
  initial: none,
  creates: ['placeOrder'],
  decide: {
    placeOrder: ({ accountId, amount, placedAt, tags }) => [{ orderPlaced: { accountId, amount, placedAt, tags } }],
    payOrder: ({ amount }) => [{ orderPaid: { amount } }],
  },
  evolve: { orderPlaced: (state) => state, orderPaid: () => ({ paid: true }), orderVoided: (state) => state },
});

/** The orders, own events only. */
export const orderView = view(Order, {
  version: 1,
  table: 'shop_order',
  key: 'orderId',
  filters: ['accountId', 'status', 'amount', 'placedAt', 'tags'],
  columns: { paidUp: { type: 'boolean', of: (row) => row.status === 'PAID' } },
}).of(OrderEvent, {
  orderPlaced: (row, { accountId, amount, placedAt, tags }, { id, stream, version }) => ({
    ...(row ?? { orderId: stream, status: 'PLACED' }),
    accountId,
    amount,
    placedAt,
    tags,
    seen: [...(row?.seen ?? []), id],
    version,
  }),
  orderPaid: (row, { amount }, { id, stream, version }) => ({
    ...(row ?? { orderId: stream, accountId: '', tags: [], seen: [] }),
    status: 'PAID',
    amount,
    seen: [...(row?.seen ?? []), id],
    version,
  }),
  orderVoided: () => undefined,
});

const nobody = (accountId: string): Account => ({ accountId, name: '', orders: 0, amount: '0', closed: false, seen: [] });

/** Mixes the service's own events with another's. */
export const accountView = view(Account, { version: 1, table: 'shop_account', key: 'accountId', filters: ['closed'] })
  .on(OrderEvent, {
    orderPlaced: (row, { accountId, amount }, { id }) => {
      const now = row ?? nobody(accountId);
      return { ...now, orders: now.orders + 1, amount: String(Number(now.amount) + Number(amount)), seen: [...now.seen, id] };
    },
  })
  .on(AccountEvent, {
    accountOpened: (row, { accountId, name }, { id }) => ({ ...(row ?? nobody(accountId)), name, seen: [...(row?.seen ?? []), id] }),
    accountClosed: (row, _, { id }) => row && { ...row, closed: true, seen: [...row.seen, id] },
  });

/** Pays every order when it is placed. */
export const payAtOnce = policy('pay-at-once', OrderCommands, orderView).on(OrderEvent, {
  orderPlaced: (row, _, { stream }) => [{ command: { payOrder: { orderId: stream, amount: row?.amount ?? '0' } } }],
});

/** Pays every order at the time that it names. */
export const payLater = policy('pay-later', OrderCommands, orderView).on(OrderEvent, {
  orderPlaced: (_, { amount, placedAt }, { stream }) => [{ at: placedAt, command: { payOrder: { orderId: stream, amount } } }],
});

/** The test service. */
export const shop: ServiceDefinition = { name: 'shop', deciders: [order], views: [orderView, accountView] };

/** The test service where every order is paid at once, and again at the time that it names. */
export const payingTwice: ServiceDefinition = { ...shop, policies: [payAtOnce, payLater] };

/** Two accounts. */
export const accounts = ['5b0c1d2e-0000-4000-8000-000000000001', '5b0c1d2e-0000-4000-8000-000000000002'] as const;
