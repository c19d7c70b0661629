import { AccountCommands, type AccountName } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { advice, type Warning } from '@guanxi/event-sourcing/advice';
import { nameView } from './name.view.js';
import { nameKey } from './names.js';

const key = ({ displayName }: { displayName?: string | undefined }) => (displayName ? nameKey(displayName) : undefined);

const warn = ({ accountIds }: AccountName, _: unknown, id: string): Warning[] => {
  const ids = accountIds.filter((it) => it !== id);
  return ids.length ? [{ slug: 'possible-duplicate', detail: 'An account of the same name exists.', ids }] : [];
};

/** An equal name warns and never blocks. */
export const possibleDuplicate = [
  advice(AccountCommands, 'registerAccount', nameView, { key, warn }),
  advice(AccountCommands, 'updateProfile', nameView, { key, warn }),
];
