import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { SearchEntry } from '@guanxi/contracts/guanxi/accounts/v1/search';
import { view } from '@guanxi/event-sourcing/view';
import { dialled, searchable, termsOf, whole } from './search.terms.js';

const textsOf = ({ name, tags, phones, emails }: SearchEntry): string[] => [name, ...tags, ...phones.flatMap(dialled), ...emails];
const wholes = ({ name, externalRefs, phones, emails }: SearchEntry): string[] =>
  [name, ...externalRefs.flatMap(({ system, id }) => [id, `${system}:${id}`]), ...phones.flatMap(dialled), ...emails].map(whole);

const entry = (accountId: string, contactId?: string) => (contactId ? `${accountId}:${contactId}` : accountId);
const at = (accountIds: readonly string[], contactId: string): string[] => accountIds.map((it) => entry(it, contactId));

interface Person {
  readonly contactId: string;
  readonly accountId: string;
  readonly name: string;
  readonly phones: string[];
  readonly emails: string[];
}
const person = ({ contactId, accountId, name, phones, emails }: Person): SearchEntry => ({
  ...{ entryId: entry(accountId, contactId), accountId, name },
  ...{ externalRefs: [], tags: [], phones, emails },
});

/** What customers are found by: an entry an account, and one a contact who is there. */
export const searchView = view(SearchEntry, {
  version: 1,
  table: 'search_entries',
  key: 'entryId',
  filters: ['accountId'],
  columns: {
    terms: { type: 'text[]', of: (row) => [...new Set([...termsOf(textsOf(row)), ...wholes(row)])] },
    text: { type: 'text', of: (row) => searchable(textsOf(row)), indexed: false },
  },
})
  .on(
    AccountEvent,
    {
      accountRegistered: (_, { displayName, externalRef }, { stream }) => ({
        ...{ entryId: stream, accountId: stream, name: displayName },
        ...{ externalRefs: externalRef ? [externalRef] : [], tags: [], phones: [], emails: [] },
      }),
      profileUpdated: (row, { displayName }) => (row && displayName ? { ...row, name: displayName } : row),
      accountTagged: (row, { tags }) => row && { ...row, tags: [...row.tags, ...tags] },
      accountUntagged: (row, { tags }) => row && { ...row, tags: row.tags.filter((it) => !tags.includes(it)) },
    },
    (_, { stream }) => stream,
  )
  .on(
    ContactEvent,
    {
      contactAdded: (_, event) => person(event),
      contactLinked: (_, event) => person(event),
      contactUpdated: (row, { name, phones, emails, cleared }) =>
        row && {
          ...row,
          name: name ?? row.name,
          phones: phones.length > 0 ? phones : cleared.includes('PHONES') ? [] : row.phones,
          emails: emails.length > 0 ? emails : cleared.includes('EMAILS') ? [] : row.emails,
        },
      contactUnlinked: () => undefined,
      contactDeparted: () => undefined,
      contactVoided: () => undefined,
    },
    (event, { stream }) => {
      if ('accountIds' in event) return at(event.accountIds, stream);
      return 'accountId' in event ? entry(event.accountId, stream) : undefined;
    },
  );
