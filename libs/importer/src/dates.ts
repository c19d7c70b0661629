import { ImportFault } from './fault.js';

/** Local date and time as text → instant in UTC with milliseconds; undefined where the text does not fit or the day does not exist. */
export type ReadDate = (text: string) => string | undefined;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface Parts {
  [part: string]: string | undefined;
}

const digits: Readonly<Record<string, readonly [part: string, expression: string]>> = {
  yyyy: ['year', '\\d{4}'],
  yy: ['shortYear', '\\d{2}'],
  MMM: ['monthName', '[A-Za-z]{3}'],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  hh: ['hour12', '\\d{2}'],
  h: ['hour12', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  m: ['minute', '\\d{1,2}'],
  ss: ['second', '\\d{2}'],
  s: ['second', '\\d{1,2}'],
  S: ['fraction', '\\d{1,9}'],
  a: ['half', '[AaPp][Mm]'],
  XXX: ['offset', 'Z|[+-]\\d{2}:\\d{2}'],
};

const expressionOf = (pattern: string): RegExp => {
  const tokens = pattern.match(/'[^']*'|yyyy|yy|MMM|MM?|dd?|HH?|hh?|mm?|ss?|S+|a|XXX|[^]/g) ?? [];
  const source = tokens.map((token) => {
    const known = digits[token.startsWith('S') ? 'S' : token];
    if (known) return `(?<${known[0]}>${known[1]})`;
    const literal = token.startsWith("'") ? token.slice(1, -1) : token;
    if (/^[A-Za-z]$/.test(token)) throw new ImportFault(`The date pattern "${pattern}" has a letter that means nothing: ${token}.`);
    return literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  if (!tokens.some((token) => token.startsWith('yy'))) throw new ImportFault(`The date pattern "${pattern}" has no year (yyyy or yy).`);
  return new RegExp(`^${source.join('')}$`);
};

const hourOf = ({ hour, hour12, half }: Parts): number => {
  if (hour12 === undefined) return Number(hour ?? 0);
  const twelve = Number(hour12);
  return twelve < 1 || twelve > 12 ? NaN : (twelve % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
};

/** POSIX: two digits from 69 on are of the twentieth century. */
const yearOf = ({ year, shortYear }: Parts): number => Number(year ?? (Number(shortYear) < 69 ? 2000 : 1900) + Number(shortYear));

const monthOf = ({ month, monthName }: Parts): number => (monthName === undefined ? Number(month ?? 1) : months.indexOf(monthName.toLowerCase()) + 1);

/** Wall-clock milliseconds, as if the wall stood in UTC; undefined for a day or time that does not exist. */
const wallClock = (parts: Parts): number | undefined => {
  const day = [yearOf(parts), monthOf(parts), Number(parts.day ?? 1)] as const;
  const time = [hourOf(parts), Number(parts.minute ?? 0), Number(parts.second ?? 0)] as const;
  const at = new Date(0);
  at.setUTCFullYear(day[0], day[1] - 1, day[2]);
  at.setUTCHours(...time, Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3)));
  // Date rolls the 30th of February over; what it then shows is not what was written.
  const shown = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  return [...day, ...time].every((it, i) => it === shown[i]) ? at.getTime() : undefined;
};

const offsetMs = (offset: string): number => {
  if (offset === 'Z') return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? -1 : 1);
};

/** How far a zone's walls are ahead of UTC at an instant. */
const zoneOffset = (zone: string): ((at: number) => number) => {
  if (zone === 'UTC') return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    const part = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en', { ...part, timeZone: zone, hourCycle: 'h23', era: 'short' });
  } catch {
    throw new ImportFault(`There is no time zone ${zone}; say UTC or a name like Asia/Shanghai.`);
  }
  return (at) => {
    const of = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(of.year ?? 0, (of.month ?? 1) - 1, of.day, of.hour, of.minute, of.second) - Math.floor(at / 1000) * 1000;
  };
};

const iso =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?<offset>Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Reads dates of one shape: `pattern` in the letters of Unicode TR 35 (yyyy yy MM M MMM dd d HH H hh h mm ss S a XXX), or ISO 8601 without one.
 * Text without an offset is the wall clock of `zone`; a wall-clock time that occurs twice is the first, one that a zone leaves out is shifted on.
 */
export const dateReader = (pattern: string | undefined, zone: string): ReadDate => {
  const expression = pattern === undefined ? iso : expressionOf(pattern);
  const offsetAt = zoneOffset(zone);
  return (text) => {
    const parts = expression.exec(text.trim())?.groups;
    const wall = parts && wallClock(parts);
    if (wall === undefined) return undefined;
    if (parts?.offset !== undefined) return new Date(wall - offsetMs(parts.offset)).toISOString();
    const before = wall - offsetAt(wall - 86_400_000);
    const after = wall - offsetAt(before);
    const exists = (at: number): boolean => at + offsetAt(at) === wall;
    return new Date(exists(before) || !exists(after) ? before : after).toISOString();
  };
};
