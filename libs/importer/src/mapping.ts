import { plainToInstance } from 'class-transformer';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { ImportFault } from './fault.js';

/** How a file's rows become commands: what the options of `npm run import` and a `--mapping` file say together. */
export class Mapping {
  /** Field of the command → column, or text with `{column}` and `{#}`. */
  @IsObject()
  map: Record<string, string> = {};

  /** Field → constant. */
  @IsObject()
  set: Record<string, string> = {};

  /** The thing's external reference: `cdnow:{#}`. */
  @Matches(/^[^:{}]+:./, { message: 'must be system:id, the id made of {column} and {#}' })
  ref: string;

  @IsIn([',', ';', '|', 'tab', 'blanks'])
  delimiter: string = ',';

  /** The file's first line names the columns; it does, unless `columns` says their names. */
  @IsOptional()
  @IsBoolean()
  header?: boolean;

  /** Names of the columns, instead of the header's. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @ArrayUnique()
  columns?: string[];

  /** Pattern of all dates, or by field; ISO 8601 where there is none. */
  @IsOptional()
  @IsObject()
  date?: Record<string, string>;

  /** Where the file's clocks hang. */
  @IsString()
  @MaxLength(100)
  zone: string = 'UTC';

  /** Field → text in the file → value; an empty value leaves the field out. */
  @IsObject()
  enum: Record<string, Record<string, string>> = {};

  /** Round fractions of a minor unit instead of refusing the row. */
  @IsBoolean()
  round: boolean = false;

  /** Amounts are minor units already. */
  @IsBoolean()
  minor: boolean = false;

  /** Rows to pass over: `column=value`, `column!=value`. */
  @IsArray()
  @Matches(/^[^=!]+!?=/, { each: true, message: 'each must be column=value or column!=value' })
  skipIf: string[] = [];
}

/** The pattern for fields that have none of their own. */
export const anyDate = '*';

const words = ({ property, constraints, children }: ValidationError): string[] => [
  ...Object.values(constraints ?? {}).map((it) => `${property}: ${it}`),
  ...(children ?? []).flatMap(words),
];

const textsIn = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every((it) => typeof it === 'string');

/** Checks a mapping, all faults at once. @throws ImportFault */
export const checkedMapping = (given: unknown): Mapping => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new ImportFault('A mapping is a JSON object.');
  const mapping = plainToInstance(Mapping, given);
  const faults = validateSync(mapping, { whitelist: true, forbidNonWhitelisted: true }).flatMap(words);
  const tables = { map: mapping.map, set: mapping.set, date: mapping.date ?? {}, ...mapping.enum };
  for (const [name, table] of Object.entries(tables)) if (!textsIn(table)) faults.push(`${name}: every value must be text`);
  if (faults.length) throw new ImportFault(`The mapping is not right:\n  ${faults.join('\n  ')}`);
  return mapping;
};

type Part = Partial<Mapping>;

/** Puts options of the command line over those of a mapping file: tables are joined, the rest is replaced. */
export const merged = (file: Part, options: Part): Part => ({
  ...file,
  ...options,
  map: { ...file.map, ...options.map },
  set: { ...file.set, ...options.set },
  enum: { ...file.enum, ...options.enum },
  ...((file.date ?? options.date) && { date: { ...file.date, ...options.date } }),
  skipIf: [...(file.skipIf ?? []), ...(options.skipIf ?? [])],
});
