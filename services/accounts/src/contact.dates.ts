import type { ImportantDate } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { invalid } from '@guanxi/event-sourcing/rejection';

/** A contact's important date under its number. */
export interface Day {
  readonly number: number;
  readonly importantDate: ImportantDate;
}

const mostDates = 20;

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/**
 * A day that there is: `--MM-DD` or a full date, by the stated calendar. A lunar month has 29 or 30 days, by the year.
 * @throws Rejection `date-impossible`
 */
export const mustBeADay = (field: string, date: string, calendar = 'GREGORIAN'): void => {
  const [, year, month, day] = /^(-|\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  // 2000 has a 29 February, which comes round where the year is not known; `Date` would take years below 100 for 19xx.
  const last = calendar === 'LUNAR' ? 30 : daysIn(year === '-' ? 2000 : 2000 + (Number(year) % 400), Number(month));
  if (Number(day) > last) throw invalid('date-impossible', field, 'There is no such day in this calendar.');
};

const plain = (it: ImportantDate): ImportantDate => ({ ...it, calendar: it.calendar ?? 'GREGORIAN' });
const same = (a: ImportantDate, b: ImportantDate): boolean =>
  a.kind === b.kind && a.date === b.date && a.label === b.label && a.calendar === b.calendar;

/**
 * Of some dates those that are not known yet, numbered on from `last`, the highest number that was ever given.
 * @param field the n-th one's field in the command
 * @throws Rejection `date-impossible`, `too-many-dates`
 */
export const numbered = (wanted: readonly ImportantDate[], known: readonly Day[], last: number, field: (n: number) => string): Day[] => {
  wanted.forEach(({ date, calendar }, n) => mustBeADay(field(n), date, calendar));
  const all = wanted.map(plain);
  const fresh = all.filter((it, n) => !known.some((day) => same(day.importantDate, it)) && all.findIndex((one) => same(one, it)) === n);
  if (known.length + fresh.length > mostDates) throw invalid('too-many-dates', field(0), `A contact has at most ${mostDates} important dates.`);
  return fresh.map((importantDate, n) => ({ number: last + n + 1, importantDate }));
};
