import type { Affinity, ContactChannel, ContactDetail, ContactInfluence, ContactProfile } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { invalid } from '@guanxi/event-sourcing/rejection';

/** What is known of a person, wherever they belong. */
export interface Details {
  readonly name?: string | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly address?: string | undefined;
  readonly preferredChannel?: ContactChannel | undefined;
  readonly affinities?: readonly Affinity[] | undefined;
  readonly profile?: ContactProfile | undefined;
  readonly source?: string | undefined;
}

/** What a person is at an account. */
export interface Place {
  readonly accountId: string;
  readonly position?: string | undefined;
  readonly influence?: ContactInfluence | undefined;
  readonly active: boolean;
}

/** The field that each detail empties. */
export const fieldOf: { readonly [detail in ContactDetail]?: Exclude<keyof Details, 'name'> } = {
  PHONES: 'phones',
  EMAILS: 'emails',
  ADDRESS: 'address',
  PREFERRED_CHANNEL: 'preferredChannel',
  AFFINITIES: 'affinities',
  PROFILE: 'profile',
  SOURCE: 'source',
};

const isAbsent = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
const equal = (a: unknown, b: unknown): boolean => (isAbsent(a) && isAbsent(b)) || JSON.stringify(a) === JSON.stringify(b);

/** Only the details that are given: an empty list gives nothing. */
export const given = ({ name, phones, emails, address, preferredChannel, affinities, profile, source }: Details): Details =>
  Object.fromEntries(
    Object.entries({ name, phones, emails, address, preferredChannel, affinities, profile, source }).filter(([, it]) => !isAbsent(it)),
  );

/** Details as an event states them: its lists are there also where they are empty. */
export const stated = ({ phones = [], emails = [], affinities = [], ...it }: Details) => ({
  ...it,
  phones: [...phones],
  emails: [...emails],
  affinities: [...affinities],
});

/** Only what is given and differs from what is known. */
export const changes = (wanted: Details, known: Details): Details =>
  Object.fromEntries(Object.entries(given(wanted)).filter(([field, value]) => !equal(value, known[field as keyof Details])));

/** Of the details to empty those that hold something. @throws Rejection where one is to be changed and emptied at once */
export const emptied = (clear: readonly ContactDetail[], wanted: Details, known: Details): ContactDetail[] =>
  clear.filter((detail) => {
    const field = fieldOf[detail];
    if (field === undefined) return false;
    if (!isAbsent(wanted[field])) throw invalid('contact-change-unclear', field, 'The field is to be changed and emptied at once.');
    return !isAbsent(known[field]);
  });

/** Details after some changed and others were emptied. */
export const changed = (known: Details, update: Details, cleared: readonly ContactDetail[]): Details => {
  const gone = new Set<string | undefined>(cleared.map((it) => fieldOf[it]));
  return Object.fromEntries(Object.entries({ ...known, ...given(update) }).filter(([field]) => !gone.has(field)));
};
