import { fromJson, ScalarType, toJson, type DescEnum, type DescMessage, type JsonValue } from '@bufbuild/protobuf';
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import { faulty, type Faulty } from './faults.js';

/** A value as a client may write it → the one way in which toJson prints it, or what is wrong with it. */
export type Read = (value: unknown) => unknown;

const wholeNumber = /^-?\d{1,20}$/;
const shortPositive = /^[1-9]\d{0,17}$/;

const text: Read = (value) => {
  if (typeof value !== 'string') return faulty('string', 'must be text');
  if (value.includes('\0') || !value.isWellFormed()) return faulty('string.characters', 'must not hold U+0000 or half of a surrogate pair');
  return value;
};

const truth: Read = (value) => (typeof value === 'boolean' ? value : faulty('bool', 'must be true or false'));

const float: Read = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : faulty('number', 'must be a number'));

const bytes: Read = (value) => {
  try {
    if (typeof value === 'string') return base64Encode(base64Decode(value));
  } catch {
    // Not base64: answered below.
  }
  return faulty('bytes', 'must be base64');
};

/** 32 bits: a number in JSON; text is taken too, since query parameters are text. */
const small =
  (rule: string, min: number, max: number): Read =>
  (value) => {
    const number = typeof value === 'string' && wholeNumber.test(value) ? Number(value) : value;
    const good = typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max;
    return good ? number : faulty(rule, `must be a whole number from ${min} to ${max}`);
  };

/** 64 bits: text in JSON. A number is taken while it is exact; JSON.parse has already rounded a larger one. */
const large =
  (rule: string, min: bigint, max: bigint): Read =>
  (value) => {
    if (typeof value === 'string' && shortPositive.test(value)) return value;
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      return faulty('int64.safe', 'must be text: a JSON number of this size is not exact');
    const isWhole = Number.isSafeInteger(value) || (typeof value === 'string' && wholeNumber.test(value));
    const number = isWhole ? BigInt(value as string | number) : max + 1n;
    return number >= min && number <= max ? `${number}` : faulty(rule, `must be a whole number as text, from ${min} to ${max}`);
  };

const int32 = small('int32', -(2 ** 31), 2 ** 31 - 1);
const uint32 = small('uint32', 0, 2 ** 32 - 1);
const int64 = large('int64', -(2n ** 63n), 2n ** 63n - 1n);
const uint64 = large('uint64', 0n, 2n ** 64n - 1n);

/** Readers of scalars. */
export const scalarReaders: Record<ScalarType, Read> = {
  [ScalarType.STRING]: text,
  [ScalarType.BOOL]: truth,
  [ScalarType.BYTES]: bytes,
  [ScalarType.DOUBLE]: float,
  [ScalarType.FLOAT]: float,
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
};

/** Reader of an enum: names only; proto3 JSON would let any number in. */
export const enumReader = (desc: DescEnum): Read => {
  const names = new Set<unknown>(desc.values.map((it) => it.name));
  const known = desc.values.filter((it) => it.number !== 0).map((it) => it.name);
  return (value) => (names.has(value) ? value : faulty('enum', `must be one of ${known.join(', ')}`));
};

/** Ours already, on a day that every month has. */
const canonicalInstant = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const instantShape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

/** Reader of an instant: RFC 3339 with a zone → UTC with exactly three digits (`2026-03-01T08:00:00.000Z`), later digits cut. */
export const instant = (value: unknown): string | Faulty => {
  if (typeof value === 'string' && canonicalInstant.test(value)) return value;
  const parts = typeof value === 'string' ? instantShape.exec(value) : null;
  if (!parts) return faulty('timestamp', 'must be an instant as in RFC 3339: 2026-03-01T08:00:00Z');
  const [, seconds = '', digits = '', zone] = parts;
  if (zone === undefined) return faulty('timestamp.zone', 'must name its zone: 2026-03-01T08:00:00Z or 2026-03-01T08:00:00+08:00');
  const local = `${seconds}.${digits.padEnd(3, '0').slice(0, 3)}`;
  // Date.parse lets 30 February and 24:00 roll over; printing it again shows that.
  if (inUtc(`${local}Z`) !== `${local}Z`) return faulty('timestamp', 'must be a day and time that exist');
  const printed = inUtc(local + zone);
  return printed.length === 24 && printed >= '0001' ? printed : faulty('timestamp', 'must be from year 1 to year 9999, UTC');
};

/** 24 characters from year 0 to 9999, more beyond, none where there is no such time. */
const inUtc = (text: string): string => {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
};

/** An instant as toJson prints it (UTC, 0 to 9 digits) → with exactly three digits. */
export const threeDigits = (printed: string): string =>
  printed.length === 24 ? printed : printed.length === 20 ? `${printed.slice(0, 19)}.000Z` : `${printed.slice(0, 23)}Z`;

/** Reader of the remaining well-known types, by the library itself. */
export const wellKnownReader =
  (desc: DescMessage): Read =>
  (value) => {
    try {
      return toJson(desc, fromJson(desc, value as JsonValue));
    } catch {
      return faulty(desc.name.toLowerCase(), `must be a ${desc.typeName}`);
    }
  };
