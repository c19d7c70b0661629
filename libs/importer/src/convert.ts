import { ScalarType, type DescField } from '@bufbuild/protobuf';
import { exponentOf } from '@guanxi/contracts/currency';
import type { ReadDate } from './dates.js';
import { RowRefused } from './fault.js';
import { minorUnits } from './money.js';
import { isInstant, isMoney, isRef, type Target } from './targets.js';

/** How texts of a file become values. */
export interface Conventions {
  readonly date: ReadDate;
  readonly round: boolean;
  /** Amounts in the file are minor units already. */
  readonly minor: boolean;
  /** The system of references that name none. */
  readonly system: string;
}

/** A text that is not empty → the JSON value. @throws RowRefused */
export type Convert = (text: string, currency: string) => unknown;

const truths: Readonly<Record<string, boolean>> = { yes: true, y: true, true: true, '1': true, no: false, n: false, false: false, '0': false };

const refuse = (name: string, reason: string, message: string): never => {
  throw new RowRefused(name, reason, message);
};

const money =
  (name: string, { round, minor }: Conventions): Convert =>
  (text, currency) => {
    if (!/^[A-Z]{3}$/.test(currency)) return refuse(name, 'currency-missing', 'An amount needs the currency (ISO 4217): map or set currency.');
    const exponent = minor ? 0 : exponentOf(currency);
    const units = minorUnits(text, exponent, round);
    if (units !== undefined) return units;
    const isNumber = minorUnits(text, exponent, true) !== undefined;
    return isNumber
      ? refuse(name, 'fraction-of-minor-unit', `Has more than ${exponent} decimal places; --round rounds it.`)
      : refuse(name, 'not-a-number', 'Is no decimal number.');
  };

const enumName = (name: string, field: DescField): Convert => {
  const names = new Set(field.enum?.values.filter(({ number }) => number !== 0).map((it) => it.name));
  return (text) => {
    const found = [text.trim(), text.trim().toUpperCase().replaceAll(/[ -]/g, '_')].find((it) => names.has(it));
    return found ?? refuse(name, 'unknown-value', `Is none of ${[...names].join(', ')}; --enum ${name}:text=VALUE translates it.`);
  };
};

const reference =
  (name: string, system: string): Convert =>
  (text) => {
    const colon = text.indexOf(':');
    const [of, id] = colon < 0 ? [system, text] : [text.slice(0, colon), text.slice(colon + 1)];
    return id.trim() ? { system: of.trim(), id: id.trim() } : refuse(name, 'reference-empty', 'Has no id after its system.');
  };

const whole =
  (name: string, read: (text: string) => unknown): Convert =>
  (text) =>
    /^[+-]?\d+$/.test(text.trim()) ? read(text.trim()) : refuse(name, 'not-a-number', 'Is no whole number.');

const scalars: { readonly [K in ScalarType]?: (name: string) => Convert } = {
  [ScalarType.BOOL]: (name) => (text) => truths[text.trim().toLowerCase()] ?? refuse(name, 'not-yes-or-no', 'Is neither yes nor no.'),
  [ScalarType.INT32]: (name) => whole(name, Number),
  [ScalarType.INT64]: (name) => whole(name, (text) => `${BigInt(text)}`),
  [ScalarType.STRING]: () => (text) => text,
};

/** How a field is filled. */
export const converter = ({ name, field }: Target, conventions: Conventions): Convert => {
  if (isMoney(field)) return money(name, conventions);
  if (isRef(field)) return reference(name, conventions.system);
  if (isInstant(field)) return (text) => conventions.date(text) ?? refuse(name, 'not-a-date', 'Is no date of the stated pattern.');
  if (field.enum) return enumName(name, field);
  const scalar = field.fieldKind === 'scalar' || field.fieldKind === 'list' ? field.scalar : undefined;
  return (scalar === undefined ? undefined : scalars[scalar]?.(name)) ?? (() => refuse(name, 'not-importable', 'Cannot be filled from a file.'));
};
