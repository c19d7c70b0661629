import { names, organisationName, organisationWords } from './names.ts';
import { draw, places, type Place } from './places.ts';
import { randomOf, type Random } from './random.ts';

/** What another system calls a thing. */
export interface Ref {
  readonly system: string;
  readonly id: string;
}

/** The id that a reference stands for in this installation. */
export type IdOf = (aggregate: string, ref: Ref) => string;

/** A command to be sent: its full name and its request. */
export type Said = readonly [command: string, request: object];

/** One made-up customer, and the chance of all that is told of them. */
export interface Customer {
  /** `c0001`; references of their things begin with it. */
  readonly label: string;
  readonly kind: 'PERSON' | 'ORGANISATION' | 'HOUSEHOLD' | 'GROUP';
  readonly name: string;
  readonly place: Place;
  readonly ref: Ref;
  readonly id: string;
  readonly member: boolean;
  /** One of the first, which have a bit of everything to look at. */
  readonly shown: boolean;
  readonly random: Random;
}

type Kind = Customer['kind'];

const shownKinds: readonly [kind: Kind, city: string][] = [
  ['PERSON', '杭州'],
  ['ORGANISATION', 'Hamburg'],
  ['HOUSEHOLD', '上海'],
  ['GROUP', '北京'],
];
const kinds: readonly Kind[] = [
  ...Array<Kind>(60).fill('PERSON'),
  ...Array<Kind>(28).fill('ORGANISATION'),
  ...Array<Kind>(9).fill('HOUSEHOLD'),
  'GROUP',
  'GROUP',
  'GROUP',
];

/** A person's name as they write it at their place. */
export const personName = ({ naming }: Place, random: Random): string => {
  const { given, family, whole } = names[naming];
  return whole(random.pick(given), random.pick(family));
};

const nameOf = (kind: Kind, place: Place, random: Random): string => {
  const { naming, city } = place;
  if (kind === 'PERSON') return personName(place, random);
  if (kind === 'HOUSEHOLD') return naming === 'zh' ? `${random.pick(names.zh.family)}家` : `${random.pick(names[naming].family)} (household)`;
  const word = random.pick(organisationWords(naming));
  if (kind === 'GROUP') return naming === 'zh' ? `${word}集团` : `${word} Group`;
  return organisationName(naming, city, word, random.whole(0, 99));
};

/** The same customer for the same seed and number, however many there are. */
export const customerOf = (seed: number, index: number, idOf: IdOf): Customer => {
  const random = randomOf(`${seed}:${index}`);
  const [shownKind, city] = shownKinds[index] ?? [];
  const kind = shownKind ?? random.pick(kinds);
  const place = places.find((it) => it.city === city) ?? random.pick(draw);
  const label = `c${String(index + 1).padStart(4, '0')}`;
  const ref = { system: 'demo', id: `${seed}-${label}` };
  const shown = index < shownKinds.length;
  return { label, kind, name: nameOf(kind, place, random), place, ref, id: idOf('account', ref), member: shown || random.chance(35), shown, random };
};

/** A thing of the customer's in the demo's own system: `42-c0001-o1`. */
export const refOf = ({ ref }: Customer, suffix: string): Ref => ({ system: ref.system, id: `${ref.id}-${suffix}` });

const begin = Date.UTC(2025, 0, 1);
const lastDay = 660;

/** A moment of a working day, so many days after the begin of 2025; the demo's time ends in October 2026. */
export const momentOf = (day: number, random: Random): string =>
  new Date(begin + Math.min(day, lastDay) * 86_400_000 + random.whole(60, 660) * 60_000).toISOString();

/** Some day of the demo's time. */
export const someDay = (random: Random, least = 0): number => random.whole(least, lastDay);
