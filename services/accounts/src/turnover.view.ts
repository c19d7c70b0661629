import { AccountTurnover } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { view } from '@guanxi/event-sourcing/view';
import { changeBy, nothing, summed, type Change } from './trade.js';

type Whose = Pick<AccountTurnover, 'accountId' | 'currency'>;

const turned = (row: AccountTurnover | undefined, { accountId, currency }: Whose, change: Change): AccountTurnover => ({
  turnoverId: `${accountId}:${currency}`,
  accountId,
  currency,
  ...summed(row ?? nothing, change),
});

/** One row an account and currency, so that lists by amount follow an index and summaries read numbers, not documents. */
export const turnoverView = view(AccountTurnover, {
  version: 1,
  table: 'account_turnovers',
  key: 'turnoverId',
  filters: ['currency', 'amountMinor'],
  columns: {
    accountId: { type: 'uuid', of: (row) => row.accountId, indexed: false },
    orders: { type: 'int', of: (row) => row.orders, indexed: false },
    returns: { type: 'int', of: (row) => row.returns, indexed: false },
    quantity: { type: 'text', of: (row) => row.quantity, indexed: false },
  },
}).on(
  OrderEvent,
  {
    orderRecorded: (row, event) => turned(row, event, changeBy.orderRecorded(event)),
    orderReturned: (row, event) => turned(row, event, changeBy.orderReturned(event)),
    returnVoided: (row, event) => turned(row, event, changeBy.returnVoided(event)),
    orderVoided: (row, event) => turned(row, event, changeBy.orderVoided(event)),
  },
  ({ accountId, currency }) => `${accountId}:${currency}`,
);
