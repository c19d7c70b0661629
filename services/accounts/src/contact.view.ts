import { Contact, ContactEvent, type ContactLink } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { view, type Meta } from '@guanxi/event-sourcing/view';
import { changed, stated } from './contact.rules.js';

const touched = ({ version, at }: Meta) => ({ version, updatedAt: at });

/** A contact whose links changed, and what that makes of it. */
const linked = (row: Contact, accountLinks: ContactLink[]): Contact => ({
  ...row,
  accountLinks,
  status: accountLinks.some((it) => it.active) ? 'ACTIVE' : 'DEPARTED',
});

/** What a list by account is filtered by; a void contact is in no list. */
const stances = ({ status, accountLinks }: Contact): string[] =>
  status === 'VOIDED' ? [] : accountLinks.flatMap(({ accountId, active }) => [accountId, `${accountId}:${active ? 'active' : 'left'}`]);

/** People at, or behind, accounts. */
export const contactView = view(Contact, {
  version: 1,
  table: 'contacts',
  key: 'contactId',
  filters: ['createdAt'],
  columns: { stances: { type: 'text[]', of: stances } },
}).of(ContactEvent, {
  contactAdded: (row, { accountId, position, influence, ...event }, meta) => ({
    ...event,
    accountLinks: [{ accountId, position, influence, active: true }],
    importantDates: [],
    status: 'ACTIVE',
    createdAt: row?.createdAt ?? meta.at,
    ...touched(meta),
  }),
  contactUpdated: (row, { cleared, contactId: _contact, accountIds: _accounts, ...event }, meta) => {
    if (!row) return row;
    const { name, phones, emails, address, preferredChannel, affinities, profile, source, ...rest } = row;
    const known = { phones, emails, address, preferredChannel, affinities, profile, source };
    return { ...rest, name: event.name ?? name, ...stated(changed(known, event, cleared)), ...touched(meta) };
  },
  contactLinked: (row, { accountId, position, influence }, meta) =>
    row && {
      ...linked(row, [...row.accountLinks.filter((it) => it.accountId !== accountId), { accountId, position, influence, active: true }]),
      ...touched(meta),
    },
  contactUnlinked: (row, { accountId }, meta) =>
    row && {
      ...linked(
        row,
        row.accountLinks.filter((it) => it.accountId !== accountId),
      ),
      ...touched(meta),
    },
  contactDeparted: (row, { accountId, departedOn, reason }, meta) =>
    row && {
      ...linked(
        row,
        row.accountLinks.map((it) => (it.accountId === accountId ? { ...it, active: false, departedOn, reason } : it)),
      ),
      ...touched(meta),
    },
  importantDateRecorded: (row, { number, importantDate }, meta) =>
    row && { ...row, importantDates: [...row.importantDates, { number, importantDate }], ...touched(meta) },
  importantDateRemoved: (row, { number }, meta) =>
    row && { ...row, importantDates: row.importantDates.filter((it) => it.number !== number), ...touched(meta) },
  contactVoided: (row, { reason }, meta) => row && { ...row, status: 'VOIDED', voidReason: reason, ...touched(meta) },
});
