import type { AccountTrade } from '@guanxi/contracts/guanxi/accounts/v1/account';
import type { OrderRecorded, OrderReturned, OrderVoided, ReturnVoided } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { minus, plus } from '@guanxi/event-sourcing/amount';

/** What one event adds to what an account bought in a currency. */
export interface Change {
  readonly currency: string;
  readonly orders: number;
  readonly returns: number;
  readonly voided: number;
  readonly quantity: string;
  readonly amountMinor: string;
  /** Only of an order that counts from now on. */
  readonly orderedAt?: string;
}

const negative = (amount: string): string => minus('0', amount);

/** What each event of an order changes; the events carry all that is needed, so no fold looks back. */
export const changeBy = {
  orderRecorded: ({ currency, quantity, amountMinor, orderedAt }: OrderRecorded): Change => ({
    currency,
    orders: 1,
    returns: 0,
    voided: 0,
    quantity,
    amountMinor,
    orderedAt,
  }),
  orderReturned: ({ currency, quantity, amountMinor }: OrderReturned): Change => ({
    currency,
    orders: 0,
    returns: 1,
    voided: 0,
    quantity: negative(quantity),
    amountMinor: negative(amountMinor),
  }),
  returnVoided: ({ currency, quantity, amountMinor }: ReturnVoided): Change => ({
    currency,
    orders: 0,
    returns: -1,
    voided: 0,
    quantity,
    amountMinor,
  }),
  orderVoided: ({ currency, returns, quantity, amountMinor }: OrderVoided): Change => ({
    currency,
    orders: -1,
    returns: -returns,
    voided: 1,
    quantity: negative(quantity),
    amountMinor: negative(amountMinor),
  }),
};

type Sums = Pick<AccountTrade, 'orders' | 'returns' | 'quantity' | 'amountMinor'>;

/** The four sums of a trade after a change. */
export const summed = (before: Sums, change: Change): Sums => ({
  orders: before.orders + change.orders,
  returns: before.returns + change.returns,
  quantity: plus(before.quantity, change.quantity),
  amountMinor: plus(before.amountMinor, change.amountMinor),
});

/** The sums before the first order. */
export const nothing: Sums = { orders: 0, returns: 0, quantity: '0', amountMinor: '0' };

const earlier = (a: string | undefined, b: string | undefined) => (a !== undefined && (b === undefined || a < b) ? a : b);
const later = (a: string | undefined, b: string | undefined) => (a !== undefined && (b === undefined || a > b) ? a : b);

/** An account's trade after a change: one entry a currency, by code. First and last never shrink here; see account.queries.ts. */
export const traded = (trade: readonly AccountTrade[], change: Change): AccountTrade[] => {
  const { currency, voided, orderedAt } = change;
  const known = trade.find((it) => it.currency === currency) ?? { ...nothing, currency, voided: 0 };
  const entry = {
    ...known,
    ...summed(known, change),
    voided: known.voided + voided,
    firstOrderedAt: earlier(orderedAt, known.firstOrderedAt),
    lastOrderedAt: later(orderedAt, known.lastOrderedAt),
  };
  return [...trade.filter((it) => it.currency !== currency), entry].sort((a, b) => (a.currency < b.currency ? -1 : 1));
};
