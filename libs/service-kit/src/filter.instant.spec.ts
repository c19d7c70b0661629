import { describe, expect, it } from '@jest/globals';
import { filterInstant } from './filter.instant.js';

describe('a day or time of a filter', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-03-01T08:00:00+08:00', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T23:59:59.999999Z', '2026-03-01T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => expect(filterInstant('from', text)).toBe(instant));
  it.each([undefined, ''])('asks for nothing where it is not given (%s)', (text) => expect(filterInstant('from', text)).toBeUndefined());
  it.each(['2026-02-30', '2025-02-29', '2026-13-01', '2026-03-01T25:00:00Z', '0000-01-01', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-01:00'])(
    'is refused where there is none: %s',
    (text) => expect(() => filterInstant('to', text)).toThrow(expect.objectContaining({ slug: 'filter-invalid', kind: 'invalid' })),
  );
});
