import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ImportFault } from './fault.js';
import { kindOf } from './kinds.js';
import { anyDate, checkedMapping, merged, type Mapping } from './mapping.js';

/** What `npm run import -- …` was told. */
export interface Arguments {
  readonly kind: string;
  readonly file: string;
  readonly mapping: Mapping;
  readonly dryRun: boolean;
  /** Enrol each customer in the loyalty programme before its first row. */
  readonly enrol: boolean;
  readonly refused: string | undefined;
  /** The gateway, where it is not the one that runs here. */
  readonly url: string | undefined;
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const options = {
  map: texts,
  set: texts,
  ref: text,
  delimiter: text,
  header: flag,
  columns: text,
  date: texts,
  zone: text,
  enum: texts,
  round: flag,
  minor: flag,
  'skip-if': texts,
  enrol: flag,
  mapping: text,
  'dry-run': flag,
  refused: text,
  url: text,
} as const;

/** `a=1,b=2`: the comma before a name and `=` separates, another one belongs to the value. */
const pairs = (option: string, given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given
      .flatMap((it) => it.split(/,(?=[A-Za-z_][\w.]*=)/))
      .map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw new ImportFault(`--${option} wants field=value, not "${pair}".`);
        return [pair.slice(0, at).trim(), pair.slice(at + 1)];
      }),
  );

/** `channel:Web=ONLINE,Fax=FAX`: one field each time that the option is given. */
const translations = (given: readonly string[]): Record<string, Record<string, string>> => {
  const all: Record<string, Record<string, string>> = {};
  for (const it of given) {
    const colon = it.indexOf(':');
    const [field, list] = [it.slice(0, colon), it.slice(colon + 1).split(',')];
    if (colon < 1 || list.some((pair) => pair.indexOf('=') < 1)) throw new ImportFault(`--enum wants field:text=VALUE,text=VALUE, not "${it}".`);
    const table = list.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
    Object.assign((all[field] ??= {}), Object.fromEntries(table));
  }
  return all;
};

/** `yyyyMMdd` for all dates, or `closed_at:yyyyMMdd` for one field; patterns have colons too, after a blank or a letter of time. */
const dates = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((it) => {
      const [, field = anyDate, pattern = it] = /^([a-z]+(?:[_.][a-z]+)+):(.+)$/.exec(it) ?? [];
      return [field, pattern];
    }),
  );

const readMapping = (file: string): object => {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ImportFault(`The mapping file ${file} cannot be read: ${(error as Error).message}`);
  }
  checkedMapping({ ref: 'a:b', ...(given as object) });
  return given as object;
};

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const said = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;

const mappingOf = ({ map, set, enum: enums, 'skip-if': skipIf, columns, date, ...values }: Values): Partial<Mapping> => ({
  map: pairs('map', map ?? []),
  set: pairs('set', set ?? []),
  enum: translations(enums ?? []),
  skipIf: skipIf ?? [],
  ...said({ columns: columns?.split(',').map((it) => it.trim()), date: date && dates(date) }),
  ...said({ ref: values.ref, delimiter: values.delimiter, header: values.header, zone: values.zone, round: values.round, minor: values.minor }),
});

/** Reads the command line of an import. @throws ImportFault, and parseArgs' own errors for an option that there is not */
export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true });
  const [kind, path, ...rest] = positionals;
  if (!kind || !path || rest.length)
    throw new ImportFault('Say what to import and from where: npm run import -- <kind> <file[.gz]> [options]; see docs/import.md.');
  kindOf(kind);
  const file = values.mapping === undefined ? {} : readMapping(values.mapping);
  const { 'dry-run': dryRun = false, enrol = false, refused, url } = values;
  return { kind, file: path, mapping: checkedMapping(merged(file, mappingOf(values))), dryRun, enrol, refused, url };
};
