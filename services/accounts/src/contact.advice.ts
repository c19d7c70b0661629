import { AccountContacts, ContactCommands, ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { advice } from '@guanxi/event-sourcing/advice';
import { view } from '@guanxi/event-sourcing/view';

// A warning needs no more, and an account that thousands of people work for must stay one small row.
const mostIds = 100;

const here = (row: AccountContacts | undefined, accountId: string, contactId: string): AccountContacts | undefined => {
  const contactIds = row?.contactIds ?? [];
  return contactIds.includes(contactId) || contactIds.length >= mostIds ? row : { accountId, contactIds: [...contactIds, contactId] };
};
const gone = (row: AccountContacts | undefined, contactId: string): AccountContacts | undefined =>
  row && { ...row, contactIds: row.contactIds.filter((it) => it !== contactId) };

/** Who is still at an account. */
export const peopleView = view(AccountContacts, { version: 1, table: 'account_people', key: 'accountId' }).on(
  ContactEvent,
  {
    contactAdded: (row, { accountId }, { stream }) => here(row, accountId, stream),
    contactLinked: (row, { accountId }, { stream }) => here(row, accountId, stream),
    contactUnlinked: (row, _, { stream }) => gone(row, stream),
    contactDeparted: (row, _, { stream }) => gone(row, stream),
    contactVoided: (row, _, { stream }) => gone(row, stream),
  },
  (event) => ('accountId' in event ? event.accountId : 'reason' in event ? event.accountIds : undefined),
);

/** Once its last contact leaves, we know nobody at an account. */
export const lastToLeave = advice(ContactCommands, 'markContactDeparted', peopleView, {
  key: ({ accountId }) => accountId,
  warn: ({ accountId, contactIds }, _, id) =>
    contactIds.some((it) => it !== id) ? [] : [{ slug: 'no-active-contact', detail: 'Nobody else is known at the account.', ids: [accountId] }],
});
