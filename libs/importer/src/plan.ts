import type { DescMessage } from '@bufbuild/protobuf';
import { converter, type Conventions, type Convert } from './convert.js';
import { dateReader } from './dates.js';
import { ImportFault, RowRefused } from './fault.js';
import { registerAccount, requestOf, type Kind } from './kinds.js';
import { anyDate, type Mapping } from './mapping.js';
import { target, type Target } from './targets.js';
import { columnAt, textReader, type ReadText, type Row } from './template.js';

type Json = Record<string, unknown>;

/** What a row becomes: undefined for one that is passed over. `account` registers its customer. @throws RowRefused */
export interface Wish {
  readonly request: Json;
  readonly account?: Json;
}

/** Turns rows into requests. */
export type Plan = (row: Row) => Wish | undefined;

interface Filling extends Target {
  readonly read: ReadText;
  readonly convert: Convert;
  readonly values: Readonly<Record<string, string>> | undefined;
}

const fill = (request: Json, { read, put, convert, values }: Filling, row: Row, currency: string): void => {
  const raw = read(row);
  const text = values?.[raw.trim()] ?? raw;
  if (text.trim() !== '') put(request, convert(text, currency));
};

const skipper = (rules: readonly string[], columns: readonly string[]): ((row: Row) => boolean) => {
  const tests = rules.map((rule) => {
    const [, name = '', not = '', value = ''] = /^([^=!]+)(!?)=(.*)$/s.exec(rule) ?? [];
    const at = columnAt(name, columns);
    return ({ cells }: Row) => (cells[at]?.trim() === value) === !not;
  });
  return (row) => tests.some((test) => test(row));
};

/** A table of the mapping by the names of the contract, so that `orderedAt` and `ordered_at` are one. */
const byTarget = <T>(table: Readonly<Record<string, T>>, messages: readonly DescMessage[]): Map<string, T> =>
  new Map(Object.entries(table).map(([path, it]) => [messages.map((desc) => target(desc, path)?.name).find(Boolean) ?? path, it]));

const fillings = (mapping: Mapping, columns: readonly string[], messages: readonly DescMessage[]): Filling[][] => {
  const values = byTarget(mapping.enum, messages);
  const dates = byTarget(mapping.date ?? {}, messages);
  const system = mapping.ref.slice(0, mapping.ref.indexOf(':'));
  const used = new Set<string>();
  const filling = (path: string, read: ReadText): [number, Filling] => {
    const at = messages.findIndex((desc) => target(desc, path));
    if (at < 0) {
      const known = messages.flatMap((desc) => desc.fields.map(({ name }) => name));
      throw new ImportFault(`There is no field "${path}". Fields: ${[...new Set(known)].join(', ')}.`);
    }
    const found = target(messages[at]!, path)!;
    used.add(found.name);
    const date = dateReader(dates.get(found.name) ?? dates.get(anyDate), mapping.zone);
    const conventions: Conventions = { date, round: mapping.round, minor: mapping.minor, system };
    return [at, { ...found, read, convert: converter(found, conventions), values: values.get(found.name) }];
  };
  const all = [
    filling('external_ref', textReader(mapping.ref, columns)),
    ...Object.entries(mapping.set).map(([path, value]) => filling(path, () => value)),
    ...Object.entries(mapping.map).map(([path, text]) => filling(path, textReader(text, columns))),
  ];
  const idle = [...values.keys(), ...dates.keys()].find((name) => name !== anyDate && !used.has(name));
  if (idle !== undefined) throw new ImportFault(`--enum and --date speak of "${idle}", which is not filled: map it or set it.`);
  return messages.map((_, at) => all.filter(([of]) => of === at).map(([, it]) => it));
};

/**
 * Prepares an import: checks every field and column once, then turns row after row into requests in proto3 JSON. Fields that only a
 * RegisterAccount has (kind, display_name …) make each row register its customer too, under the row's `account_ref`.
 * @throws ImportFault where the mapping does not fit the command or the file
 */
export const plan = (kind: Kind, mapping: Mapping, columns: readonly string[]): Plan => {
  const messages = [kind.command, ...(kind.registers ? [registerAccount] : [])].map(requestOf);
  const [own = [], account = []] = fillings(mapping, columns, messages);
  const skips = skipper(mapping.skipIf, columns);
  const currency = own.find(({ name }) => name === 'currency');
  if (account.length && !account.some(({ name }) => name === 'kind')) {
    throw new ImportFault('To register customers say what they are: --set kind=PERSON.');
  }
  if (account.length && !own.some(({ name }) => name.startsWith('account_ref'))) {
    throw new ImportFault('To register customers say how they are called: --map account_ref=system:{column}.');
  }
  return (row) => {
    if (skips(row)) return undefined;
    const request: Json = {};
    const code = currency?.read(row).trim() ?? '';
    for (const it of own) fill(request, it, row, currency?.values?.[code] ?? code);
    if (!request['externalRef']) throw new RowRefused('external_ref', 'reference-empty', 'The row has no reference.');
    if (!account.length || !request['accountRef']) return { request };
    const externalRef = request['accountRef'] as { system: string; id: string };
    // Who has no name is called by the reference.
    const registration: Json = { displayName: externalRef.id, externalRef };
    for (const it of account) fill(registration, it, row, '');
    return { request, account: registration };
  };
};
