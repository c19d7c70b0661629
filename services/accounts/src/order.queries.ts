import { OrderQueries } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { orderView } from './order.view.js';

/** Answers about orders, from their rows. */
export const orderQueries = queriesOf(OrderQueries, {
  getOrder: ({ orderId }, { read }) => read(orderView).get(orderId),
  listOrders: async ({ accountId, status, ...page }, { read }) => {
    const { rows, nextPageToken } = await read(orderView).list({ accountId, status }, page, 'orderedAt');
    return { orders: rows, nextPageToken };
  },
});
