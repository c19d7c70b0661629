import { describe, expect, it } from '@jest/globals';
import { ContactEvent, type ContactAdded, type ContactUpdated } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import type { OneOf } from '@guanxi/contracts/of';
import { story } from '@guanxi/event-sourcing/story';
import { contactView } from './contact.view.js';

const contactId = '00000000-0000-7000-8000-000000000001';
const accountId = '00000000-0000-7000-8000-00000000000a';
const other = '00000000-0000-7000-8000-00000000000b';
const person: ContactAdded = {
  ...{ contactId, accountId, name: '王伟', position: '采购', influence: 'DECISION' },
  ...{ phones: ['+8613800138000'], emails: ['w@example.com'], address: '上海', affinities: [{ kind: 'SCHOOL', note: '复旦' }] },
};
const added = { contactAdded: person };
const updated = (it: Partial<ContactUpdated>): OneOf<ContactEvent> => ({
  contactUpdated: { contactId, accountIds: [accountId], phones: [], emails: [], affinities: [], cleared: [], ...it },
});
const linked: OneOf<ContactEvent> = { contactLinked: { contactId, accountId: other, position: '顾问', name: '王伟', phones: [], emails: [] } };
const departed: OneOf<ContactEvent> = { contactDeparted: { contactId, accountId, departedOn: '2026-03-01', reason: '离职' } };
const voided: OneOf<ContactEvent> = { contactVoided: { contactId, accountIds: [accountId], reason: '记错' } };
const told = (...events: OneOf<ContactEvent>[]) =>
  events.reduce((it, event) => it.tell(ContactEvent, contactId, event), story(contactView)).row(contactId);
const stances = contactView.options.columns?.stances;

describe('a contact as it stands', () => {
  it('begins with what was stated, at one account', () => {
    const { accountId: _account, position, influence, ...known } = person;
    expect(told(added)).toEqual({
      ...known,
      accountLinks: [{ accountId, position, influence, active: true }],
      importantDates: [],
      status: 'ACTIVE',
      version: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
    });
  });
  it('changes in what is told, and is empty where that was told', () => {
    const row = told(added, updated({ name: '王伟强', emails: ['q@example.com'], cleared: ['ADDRESS', 'AFFINITIES'] }));
    expect(row).toMatchObject({ name: '王伟强', phones: person.phones, emails: ['q@example.com'], affinities: [], version: 2 });
    expect(row?.address).toBeUndefined();
  });
  it('belongs to several accounts, and to each as was told last', () => {
    const again = { contactLinked: { contactId, accountId, position: '总监', name: '王伟', phones: [], emails: [] } };
    expect(told(added, linked, again)?.accountLinks).toEqual([
      { accountId: other, position: '顾问', active: true },
      { accountId, position: '总监', active: true },
    ]);
  });
  it('is departed once it has left everywhere, and is back by a link', () => {
    expect(told(added, linked, departed)?.status).toBe('ACTIVE');
    expect(told(added, departed)).toMatchObject({ status: 'DEPARTED', accountLinks: [{ active: false, departedOn: '2026-03-01', reason: '离职' }] });
    expect(told(added, departed, linked)?.status).toBe('ACTIVE');
  });
  it('does not belong where the link was an error', () =>
    expect(told(added, linked, { contactUnlinked: { contactId, accountId, reason: 'x' } })?.accountLinks).toMatchObject([{ accountId: other }]));
  it('has the dates that were noted and not taken away', () => {
    const dated = (number: number): OneOf<ContactEvent> => ({
      importantDateRecorded: { contactId, accountIds: [accountId], number, importantDate: { kind: 'BIRTHDAY', date: `--01-0${number}` } },
    });
    expect(told(added, dated(1), dated(2), { importantDateRemoved: { contactId, number: 1 } })?.importantDates).toMatchObject([{ number: 2 }]);
  });
  it('is void with its reason, and in no list', () => {
    const row = told(added, voided);
    expect(row).toMatchObject({ status: 'VOIDED', voidReason: '记错' });
    expect(row && stances?.of(row)).toEqual([]);
  });
  it('is as new when recorded anew, but for when it was first recorded', () => {
    const row = told(added, linked, voided, added);
    expect(row).toMatchObject({ status: 'ACTIVE', accountLinks: [{ accountId }], version: 4, createdAt: '2026-11-22T09:00:00.000Z' });
    expect(row?.voidReason).toBeUndefined();
  });
});
