import { policy } from '../policy.js';
import type { ServiceDefinition } from '../service.js';
import { view } from '../view.js';
import { Account, AccountEvent, OrderCommands, OrderEvent, type OrderCommands as Commands } from './shop.js';
import { accountView, order, orderView } from './shop.views.js';

/** What an amount does, until the build is mended. */
export const poison = { fold: 13, tooLong: 14, throwingColumn: 15, react: 16, execute: 17 } as const;

const nobody = (accountId: string): Account => ({ accountId, name: '', orders: 0, amount: '0', closed: false, seen: [] });
// Random, since PostgreSQL would compress it to something that an index takes.
const long = (): string => Array.from({ length: 4_000 }, () => Math.random().toString(36).slice(2)).join('');

// Else what comes after it would mend the row.
const spoilt = (row: Account | undefined): string | undefined => (row && ['long', 'odd'].includes(row.name) ? row.name : undefined);

/** One row an account, which an amount spoils; the same version, mended or not. */
export const fragileView = (mended: boolean) =>
  view(Account, {
    version: 1,
    table: 'shop_fragile',
    key: 'accountId',
    columns: {
      label: { type: 'text', of: ({ name }) => (!mended && name === 'long' ? long() : name) },
      odd: {
        type: 'boolean',
        of: ({ name }) => {
          if (!mended && name === 'odd') throw new RangeError('secret');
          return name === 'odd';
        },
      },
    },
  })
    .on(OrderEvent, {
      orderPlaced: (row, { accountId, amount }, { id }) => {
        if (!mended && Number(amount) === poison.fold) throw new TypeError(`secret of ${accountId}`);
        const now = row ?? nobody(accountId);
        const name = Number(amount) === poison.tooLong ? 'long' : Number(amount) === poison.throwingColumn ? 'odd' : now.name;
        return { ...now, name, orders: now.orders + 1, amount: String(Number(now.amount) + Number(amount)), seen: [...now.seen, id] };
      },
    })
    .on(AccountEvent, {
      accountOpened: (row, { accountId, name }, { id }) => ({
        ...(row ?? nobody(accountId)),
        name: spoilt(row) ?? name,
        seen: [...(row?.seen ?? []), id],
      }),
    });

/** Pays every order; an amount makes it throw. */
export const fragilePolicy = (mended: boolean, on: ReturnType<typeof fragileView>) =>
  policy<Account, Commands>('pay-fragile', OrderCommands, on).on(OrderEvent, {
    orderPlaced: (row, { amount }, { stream }) => {
      if (!mended && Number(amount) === poison.react) throw new RangeError('secret');
      // What it saw of the row is what it pays.
      return [{ command: { payOrder: { orderId: stream, amount: String(row?.orders ?? -1) } } }];
    },
  });

/** The test service with a view, and a policy, that some amounts spoil. */
export const fragileShop = (mended = false, pays = false): ServiceDefinition & { readonly fragile: ReturnType<typeof fragileView> } => {
  const fragile = fragileView(mended);
  const policies = pays ? [fragilePolicy(mended, fragile)] : [];
  return { name: 'shop', deciders: [order], views: [orderView, accountView, fragile], policies, fragile };
};
