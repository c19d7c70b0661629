import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContactEvent, type Contact, type ContactCommands } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve, type Context } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { peopleView } from './contact.advice.js';
import { contact } from './contact.decider.js';
import { contactView } from './contact.view.js';
import { searchView } from './search.view.js';

type Wish = OneOf<ContactCommands>;
interface Told {
  readonly stream: string;
  readonly event: OneOf<ContactEvent>;
}

const uuid = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const contactIds = [1, 2].map(uuid);
const account = fc.constantFrom(...[7, 8, 9].map(uuid));
const lists = { affinities: [], emails: [] };
const name = fc.constantFrom('王伟', 'Mary O’Brien', '__proto__');
const phones = fc.subarray(['+8613800138000', '+12025550123']);
const importantDate = fc.record({ kind: fc.constantFrom('BIRTHDAY' as const, 'WEDDING' as const), date: fc.constantFrom('--02-29', '1999-01-01') });

const wish = (contactId: string): fc.Arbitrary<Wish> =>
  fc.oneof(
    fc
      .record({ accountId: account, name, phones, importantDates: fc.array(importantDate, { maxLength: 2 }) })
      .map((it) => ({ addContact: { ...lists, ...it } })),
    fc
      .record({ name, phones, clear: fc.subarray(['PHONES' as const, 'PROFILE' as const]) })
      .map((it) => ({ updateContact: { contactId, ...lists, ...it } })),
    account.map((accountId) => ({ linkContact: { contactId, accountId } })),
    account.map((accountId) => ({ unlinkContact: { contactId, accountId, reason: 'x' } })),
    account.map((accountId) => ({ markContactDeparted: { contactId, accountId } })),
    importantDate.map((it) => ({ recordImportantDate: { contactId, importantDate: it } })),
    fc.integer({ min: 1, max: 4 }).map((number) => ({ removeImportantDate: { contactId, number } })),
    fc.constant({ voidContact: { contactId, reason: 'x' } }),
  );
const wishes = fc.array(
  fc.constantFrom(...contactIds).chain((stream) => wish(stream).map((it) => ({ stream, wish: it }))),
  { maxLength: 40 },
);

/** Decides one after another, as the executor does; what is refused leaves nothing behind. */
const lived = (all: readonly { stream: string; wish: Wish }[]): Told[] => {
  const streams = new Map<string, { state: unknown; version: number }>();
  return all.flatMap(({ stream, wish: it }) => {
    const { state, version } = streams.get(stream) ?? { state: contact.initial, version: 0 };
    const actor = { subject: 'op-1', role: '' };
    const context: Context = { id: stream, now: '2026-11-22T08:00:00.000Z', segment: 'default', actor, exists: () => true };
    try {
      const events = decide(contact, ...caseOf(it), state, version, context) as OneOf<ContactEvent>[];
      const then = events.reduce<unknown>((s, event) => evolve(contact, s, ...caseOf(event)), state);
      streams.set(stream, { state: then, version: version + events.length });
      return events.map((event) => ({ stream, event }));
    } catch (error) {
      if (error instanceof Rejection) return [];
      throw error;
    }
  });
};

const folded = (told: readonly Told[]) => {
  const [contacts, entries, people] = [story(contactView), story(searchView), story(peopleView)];
  for (const { stream, event } of told) for (const it of [contacts, entries, people]) it.tell(ContactEvent, stream, event);
  return { contacts: contacts.rows(), entries: entries.rows(), people: people.rows() };
};

const places = (contacts: readonly Contact[]) =>
  contacts
    .filter((it) => it.status !== 'VOIDED')
    .flatMap((it) => it.accountLinks.filter((link) => link.active).map(({ accountId }) => ({ accountId, contact: it })));

describe('whatever happens to contacts', () => {
  it('each is found at the accounts where they are, by what they are called now, and nowhere else', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const { contacts, entries } = folded(lived(all));
        const expected = places(contacts).map(({ accountId, contact: { contactId, name: called, phones: numbers } }) =>
          JSON.stringify([`${accountId}:${contactId}`, accountId, called, numbers]),
        );
        expect(entries.map((it) => JSON.stringify([it.entryId, it.accountId, it.name, it.phones])).sort()).toEqual(expected.sort());
      }),
      { numRuns: 300 },
    );
  });
  it('an account knows who is there', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const { contacts, people } = folded(lived(all));
        const expected = places(contacts).map((it) => `${it.accountId}:${it.contact.contactId}`);
        expect(people.flatMap((it) => it.contactIds.map((id) => `${it.accountId}:${id}`)).sort()).toEqual(expected.sort());
      }),
      { numRuns: 300 },
    );
  });
  it('no date has another’s number, and no two are the same day', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        for (const { importantDates } of folded(lived(all)).contacts) {
          expect(new Set(importantDates.map((it) => it.number)).size).toBe(importantDates.length);
          expect(new Set(importantDates.map((it) => JSON.stringify(it.importantDate))).size).toBe(importantDates.length);
        }
      }),
      { numRuns: 200 },
    );
  });
  it('a second fold of the same events gives the same rows', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const told = lived(all);
        expect(folded(told)).toEqual(folded(told));
      }),
      { numRuns: 50 },
    );
  });
});
