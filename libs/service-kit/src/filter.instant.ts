import { invalid } from '@guanxi/event-sourcing/rejection';

/**
 * A filter's day (`2026-03-01`: its first moment in UTC) or time as RFC 3339 UTC; undefined where it asks for nothing.
 * @throws Rejection filter-invalid where there is no such day or time
 */
export const filterInstant = (field: string, text: string | undefined): string | undefined => {
  if (!text) return undefined;
  const day = text.slice(0, 10);
  const [midnight, time] = [new Date(`${day}T00:00:00Z`), new Date(text)];
  const exists = !Number.isNaN(time.getTime()) && midnight.toISOString().startsWith(day);
  // PostgreSQL knows no year 0.
  if (!exists || !/^[0-9]{4}-/.test(time.toISOString()) || time.toISOString().startsWith('0000'))
    throw invalid('filter-invalid', field, 'must be a day or time that exists');
  return time.toISOString();
};
