import { AccountEvent, AccountName } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { view } from '@guanxi/event-sourcing/view';
import { nameKey } from './names.js';

// A warning needs no more, and a name that a hundred thousand people bear must stay one small row.
const mostIds = 20;

const borne = (row: AccountName | undefined, displayName: string | undefined, accountId: string): AccountName | undefined => {
  if (!displayName) return row;
  const known = row ?? { nameKey: nameKey(displayName), accountIds: [] };
  if (known.accountIds.length >= mostIds || known.accountIds.includes(accountId)) return row;
  return { ...known, accountIds: [...known.accountIds, accountId] };
};

/** Who bears a name. Former names stay: somebody who is registered under one is worth a look too. */
export const nameView = view(AccountName, { version: 1, table: 'account_names', key: 'nameKey' }).on(
  AccountEvent,
  {
    accountRegistered: (row, { displayName }, { stream }) => borne(row, displayName, stream),
    profileUpdated: (row, { displayName }, { stream }) => borne(row, displayName, stream),
  },
  (event) => ('displayName' in event && event.displayName ? nameKey(event.displayName) : undefined),
);
