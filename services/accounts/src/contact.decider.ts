import { ContactCommands, ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { decider, rule } from '@guanxi/event-sourcing/decider';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';
import { mustBeADay, numbered, type Day } from './contact.dates.js';
import { changed, changes, emptied, given, stated, type Details, type Place } from './contact.rules.js';

interface State {
  readonly status: 'NONE' | 'KNOWN' | 'VOIDED';
  readonly details: Details;
  readonly places: readonly Place[];
  readonly dates: readonly Day[];
  /** The highest number that a date ever had. */
  readonly lastDate: number;
}

const none: State = { status: 'NONE', details: {}, places: [], dates: [], lastDate: 0 };
const mostAccounts = 50;

const notVoid = rule<State>('contact-voided', 'The contact was recorded in error and is void.', ({ status }) => status === 'KNOWN');

const accountsOf = ({ places }: State): string[] => places.map((it) => it.accountId);

const mustExist = (accountId: string, exists: (id: string, stream?: string) => boolean): void => {
  if (!exists(accountId, 'account')) throw new Rejection('account-not-found', 'not-found', 'There is no account with this id or reference.');
};

const placeAt = ({ places }: State, accountId: string): Place => {
  const found = places.find((it) => it.accountId === accountId);
  if (!found) throw new Rejection('contact-not-linked', 'conflict', 'The contact does not belong to this account.');
  return found;
};

/** A person at, or behind, one account or several: known once, void only where recorded in error. */
export const contact = decider({
  stream: 'contact',
  version: 1,
  commands: ContactCommands,
  events: ContactEvent,
  initial: none,
  creates: ['addContact'],
  refers: {
    addContact: ({ accountId }) => (accountId ? [accountId] : []),
    linkContact: ({ accountId }) => (accountId ? [accountId] : []),
  },
  rules: {
    updateContact: [notVoid],
    linkContact: [notVoid],
    unlinkContact: [notVoid],
    markContactDeparted: [notVoid],
    recordImportantDate: [notVoid],
    removeImportantDate: [notVoid],
    voidContact: [notVoid],
  },
  decide: {
    addContact: ({ accountId = '', position, influence, importantDates, externalRef, ...command }, state, { id, exists }) => {
      if (state.status === 'KNOWN')
        throw new Rejection('external-ref-taken', 'conflict', 'A contact with this external reference exists.', { ids: [id] });
      mustExist(accountId, exists);
      const days = numbered(importantDates, [], 0, (n) => `importantDates[${n}].date`);
      const added = { contactId: id, accountId, position, influence, externalRef, ...stated(given(command)), name: command.name };
      return [{ contactAdded: added }, ...days.map((it) => ({ importantDateRecorded: { contactId: id, accountIds: [accountId], ...it } }))];
    },
    updateContact: ({ clear, ...command }, state, { id }) => {
      const update = changes(command, state.details);
      const cleared = emptied(clear, given(command), state.details);
      if (Object.keys(update).length === 0 && cleared.length === 0) return [];
      return [{ contactUpdated: { contactId: id, accountIds: accountsOf(state), ...stated(update), cleared } }];
    },
    linkContact: ({ accountId = '', position, influence }, state, { id, exists }) => {
      mustExist(accountId, exists);
      const known = state.places.find((it) => it.accountId === accountId);
      if (known?.active && known.position === position && known.influence === influence) return [];
      if (!known && state.places.length >= mostAccounts)
        throw invalid('too-many-accounts', 'accountId', `A contact belongs to at most ${mostAccounts} accounts.`);
      const { name = '', phones, emails } = stated(state.details);
      return [{ contactLinked: { contactId: id, accountId, position, influence, name, phones, emails } }];
    },
    unlinkContact: ({ accountId = '', reason }, state, { id }) => {
      placeAt(state, accountId);
      if (state.places.length === 1)
        throw new Rejection('contact-last-link', 'conflict', 'The contact belongs to no other account: void it, where it was recorded in error.');
      return [{ contactUnlinked: { contactId: id, accountId, reason } }];
    },
    markContactDeparted: ({ accountId = '', departedOn, reason }, state, { id }) => {
      if (!placeAt(state, accountId).active) throw new Rejection('contact-departed', 'conflict', 'The contact has left this account already.');
      if (departedOn) mustBeADay('departedOn', departedOn);
      return [{ contactDeparted: { contactId: id, accountId, departedOn, reason } }];
    },
    recordImportantDate: ({ importantDate }, state, { id }) =>
      numbered([importantDate], state.dates, state.lastDate, () => 'importantDate.date').map((it) => ({
        importantDateRecorded: { contactId: id, accountIds: accountsOf(state), ...it },
      })),
    removeImportantDate: ({ number }, { dates }, { id }) => {
      if (!dates.some((it) => it.number === number)) throw new Rejection('date-not-found', 'not-found', 'The contact has no such date.');
      return [{ importantDateRemoved: { contactId: id, number } }];
    },
    voidContact: ({ reason }, state, { id }) => [{ contactVoided: { contactId: id, accountIds: accountsOf(state), reason } }],
  },
  evolve: {
    contactAdded: (_, { accountId, position, influence, ...event }) => ({
      ...none,
      status: 'KNOWN',
      details: given(event),
      places: [{ accountId, position, influence, active: true }],
    }),
    contactUpdated: (state, { cleared, ...event }) => ({ ...state, details: changed(state.details, event, cleared) }),
    contactLinked: (state, { accountId, position, influence }) => ({
      ...state,
      places: [...state.places.filter((it) => it.accountId !== accountId), { accountId, position, influence, active: true }],
    }),
    contactUnlinked: (state, { accountId }) => ({ ...state, places: state.places.filter((it) => it.accountId !== accountId) }),
    contactDeparted: (state, { accountId }) => ({
      ...state,
      places: state.places.map((it) => (it.accountId === accountId ? { ...it, active: false } : it)),
    }),
    importantDateRecorded: (state, { number, importantDate }) => ({
      ...state,
      dates: [...state.dates, { number, importantDate }],
      lastDate: number,
    }),
    importantDateRemoved: (state, { number }) => ({ ...state, dates: state.dates.filter((it) => it.number !== number) }),
    contactVoided: (state) => ({ ...state, status: 'VOIDED' }),
  },
});
