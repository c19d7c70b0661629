import { view, type AnyView, type Meta } from '../view.js';
import { Account, OrderEvent } from './shop.js';
import { accountView, orderView } from './shop.views.js';

/** Rows that come and go, several of one event: accounts whose orders are worth something, and all of them together. */
export const pairs = view(Account, { version: 1, table: 'shop_pairs', key: 'accountId', filters: ['orders'] }).on(
  OrderEvent,
  {
    orderPlaced: (row, { accountId, amount }, { id }) =>
      amount === '0'
        ? undefined
        : { ...(row ?? { accountId, name: '', orders: 0, amount, closed: false, seen: [] }), orders: (row?.orders ?? 0) + 1, seen: [id] },
  },
  (event) => ('accountId' in event ? [`${event.accountId} ${event.amount}`, event.accountId, 'all'] : undefined),
);

/** The same view in another version, in a table of its own kind: columns in reverse. */
export const later = <V extends AnyView>(it: V, version: number): V => ({
  ...it,
  options: { ...it.options, version, filters: [...(it.options.filters ?? [])].reverse() },
});

/** Of one stream each, of own and received events, and of several rows an event. */
export const filledViews: readonly AnyView[] = [orderView, accountView, pairs];

/** The next version of a view, whose first fold throws at one event. */
export const withPoison = <V extends AnyView>(it: V, poison: (stream: string, version: number) => boolean): V => ({
  ...later(it, 2),
  sources: it.sources.map((source) => ({
    ...source,
    folds: Object.fromEntries(
      Object.entries(source.folds).map(([name, step]) => [
        name,
        (row: unknown, event: unknown, meta: Meta) => {
          if (poison(meta.stream, meta.version)) throw new RangeError('poison');
          return step?.(row, event, meta);
        },
      ]),
    ),
  })),
});
