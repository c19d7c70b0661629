import { describe, it } from '@jest/globals';
import type { ContactAdded, ContactUpdated, ImportantDate, UpdateContact } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { contact } from './contact.decider.js';

const contactId = '00000000-0000-7000-8000-000000000001';
const accountId = '00000000-0000-7000-8000-00000000000a';
const other = '00000000-0000-7000-8000-00000000000b';
const phones = ['+8613800138000'];
const lists = { phones: [], emails: [], affinities: [] };
const person: ContactAdded = { contactId, accountId, name: '王伟', position: '采购', influence: 'DECISION', ...lists, phones };
const added = { contactAdded: person };
const wish = { accountId, name: '王伟', position: '采购', influence: 'DECISION', ...lists, phones, importantDates: [] as ImportantDate[] } as const;
const { given } = scenario(contact, { id: contactId });
const nowhere = scenario(contact, { id: contactId, exists: () => false });

const linked = { contactLinked: { contactId, accountId: other, position: '顾问', name: '王伟', phones, emails: [] } };
const departed = { contactDeparted: { contactId, accountId, departedOn: '2026-03-01', reason: '离职' } };
const voided = { contactVoided: { contactId, accountIds: [accountId], reason: '记错' } };
const update = (it: Partial<UpdateContact>) => ({ updateContact: { contactId, ...lists, clear: [], ...it } });
const updated = (it: Partial<ContactUpdated>) => ({ contactUpdated: { contactId, accountIds: [accountId], ...lists, cleared: [], ...it } });
const birthday: ImportantDate = { kind: 'BIRTHDAY', date: '--05-17', calendar: 'LUNAR' };
const dated = (number: number, importantDate: ImportantDate) => ({
  importantDateRecorded: { contactId, accountIds: [accountId], number, importantDate },
});
const record = (importantDate: ImportantDate) => ({ recordImportantDate: { contactId, importantDate } });

describe('adding a contact', () => {
  it('keeps who they are and what they are there', () =>
    given()
      .when({ addContact: { ...wish } })
      .gives(added));
  it('notes the important dates one by one, each once (AC-029)', () =>
    given()
      .when({ addContact: { ...wish, importantDates: [birthday, { kind: 'WEDDING', date: '2001-10-01' }, birthday] } })
      .gives(added, dated(1, birthday), dated(2, { kind: 'WEDDING', date: '2001-10-01', calendar: 'GREGORIAN' })));
  it('is refused where there is no such account', () =>
    nowhere
      .given()
      .when({ addContact: { ...wish } })
      .rejects('account-not-found'));
  it('is refused where the external reference is taken', () =>
    given(added)
      .when({ addContact: { ...wish } })
      .rejects('external-ref-taken'));
  it('begins anew where the contact was void, with nothing of what was', () =>
    given(added, dated(1, birthday), linked, voided)
      .when({ addContact: { ...wish, importantDates: [birthday] } })
      .gives(added, dated(1, birthday)));
});

describe('what is known of a person', () => {
  it('changes in what is given and leaves the rest', () =>
    given(added, linked)
      .when(update({ name: '王伟强', phones, preferredChannel: 'EMAIL' }))
      .gives(updated({ accountIds: [accountId, other], name: '王伟强', preferredChannel: 'EMAIL' })));
  it('does not change to what it is', () =>
    given(added, updated({ emails: ['w@example.com'], profile: { career: '工程师' } }))
      .when(update({ name: '王伟', emails: ['w@example.com'], profile: { career: '工程师' } }))
      .gives());
  it('is emptied where that is asked for and something is there', () =>
    given(added)
      .when(update({ clear: ['PHONES', 'EMAILS', 'PROFILE'] }))
      .gives(updated({ cleared: ['PHONES'] })));
  it('that was emptied can be given again', () =>
    given(added, updated({ cleared: ['PHONES'] }))
      .when(update({ phones }))
      .gives(updated({ phones })));
  it('is not changed and emptied at once', () =>
    given(added)
      .when(update({ phones: ['+861012345678'], clear: ['PHONES'] }))
      .rejects('contact-change-unclear'));
});

describe('a link', () => {
  const link = (to: string, position?: string) => ({ linkContact: { contactId, accountId: to, position } });
  it('is told with what the person is called', () => given(added).when(link(other, '顾问')).gives(linked));
  it('that is there as stated is not told again', () => given(added, linked).when(link(other, '顾问')).gives());
  it('tells a new position too', () =>
    given(added)
      .when(link(accountId, '总监'))
      .gives({ contactLinked: { contactId, accountId, position: '总监', name: '王伟', phones, emails: [] } }));
  it('brings back who had left', () =>
    given(added, departed)
      .when({ linkContact: { contactId, accountId, position: '采购', influence: 'DECISION' } })
      .gives({ contactLinked: { contactId, accountId, position: '采购', influence: 'DECISION', name: '王伟', phones, emails: [] } }));
  it('needs an account', () => nowhere.given(added).when(link(other)).rejects('account-not-found'));
  it('goes to at most 50 accounts', () => {
    const many = Array.from({ length: 49 }, (_, n) => ({ contactLinked: { ...linked.contactLinked, accountId: `${n}` } }));
    given(added, ...many)
      .when(link(other))
      .rejects('too-many-accounts');
  });
  it('that was recorded in error goes', () =>
    given(added, linked)
      .when({ unlinkContact: { contactId, accountId, reason: '记错' } })
      .gives({ contactUnlinked: { contactId, accountId, reason: '记错' } }));
  it('does not go where there is none', () =>
    given(added)
      .when({ unlinkContact: { contactId, accountId: other, reason: 'x' } })
      .rejects('contact-not-linked'));
  it('that is the last goes only with the contact', () =>
    given(added, linked, { contactUnlinked: { contactId, accountId, reason: 'x' } })
      .when({ unlinkContact: { contactId, accountId: other, reason: 'x' } })
      .rejects('contact-last-link'));
});

describe('leaving', () => {
  const leave = { markContactDeparted: { contactId, accountId, departedOn: '2026-03-01', reason: '离职' } };
  it('is told with the day and why', () => given(added).when(leave).gives(departed));
  it('happens once', () => given(added, departed).when(leave).rejects('contact-departed'));
  it('needs somebody who is there', () =>
    given(added)
      .when({ markContactDeparted: { contactId, accountId: other } })
      .rejects('contact-not-linked'));
  it('needs a day that there is', () =>
    given(added)
      .when({ markContactDeparted: { contactId, accountId, departedOn: '2026-02-29' } })
      .rejects('date-impossible'));
});

describe('an important date', () => {
  it('is numbered on, also after one was taken away', () =>
    given(added, dated(1, birthday), { importantDateRemoved: { contactId, number: 1 } })
      .when(record(birthday))
      .gives(dated(2, birthday)));
  it('is noted once', () => given(added, dated(1, birthday)).when(record(birthday)).gives());
  it('is by the gregorian calendar unless it says', () =>
    given(added)
      .when(record({ kind: 'OTHER', date: '1980-05-17', label: '入职' }))
      .gives(dated(1, { kind: 'OTHER', date: '1980-05-17', label: '入职', calendar: 'GREGORIAN' })));
  it.each(['--02-29', '2024-02-29', '0096-02-29', '1999-12-31'])('may be %s', (date) => {
    const it: ImportantDate = { kind: 'OTHER', date, calendar: 'GREGORIAN' };
    given(added).when(record(it)).gives(dated(1, it));
  });
  it('may be a thirtieth of the second month by the lunar calendar', () => {
    const it: ImportantDate = { kind: 'OTHER', date: '--02-30', calendar: 'LUNAR' };
    given(added).when(record(it)).gives(dated(1, it));
  });
  it.each([
    ['--02-30', 'GREGORIAN'],
    ['--04-31', 'GREGORIAN'],
    ['2023-02-29', 'GREGORIAN'],
    ['--01-31', 'LUNAR'],
  ] as const)('is never %s by the %s calendar', (date, calendar) =>
    given(added)
      .when(record({ kind: 'OTHER', date, calendar }))
      .rejects('date-impossible'),
  );
  it('is one of at most 20', () => {
    const all = Array.from({ length: 20 }, (_, n) => dated(n + 1, { kind: 'OTHER', date: '--01-01', label: `${n}` }));
    given(added, ...all)
      .when(record(birthday))
      .rejects('too-many-dates');
  });
  it('is taken away by its number', () =>
    given(added, dated(1, birthday))
      .when({ removeImportantDate: { contactId, number: 1 } })
      .gives({ importantDateRemoved: { contactId, number: 1 } }));
  it('that is not there cannot be taken away', () =>
    given(added)
      .when({ removeImportantDate: { contactId, number: 1 } })
      .rejects('date-not-found'));
});

describe('a contact that was recorded in error', () => {
  const end = { voidContact: { contactId, reason: '记错' } };
  it('is void at all its accounts', () => given(added).when(end).gives(voided));
  it.each([
    ['has no details', update({ name: 'x' })],
    ['belongs nowhere', { linkContact: { contactId, accountId } }],
    ['is not unlinked', { unlinkContact: { contactId, accountId, reason: 'x' } }],
    ['leaves nowhere', { markContactDeparted: { contactId, accountId } }],
    ['has no dates', record(birthday)],
    ['loses no dates', { removeImportantDate: { contactId, number: 1 } }],
    ['is not void twice', end],
  ])('%s', (_, command) => given(added, voided).when(command).rejects('contact-voided'));
  it('was there once', () => given().when(end).rejects('contact-not-found'));
});
