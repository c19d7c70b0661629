import { describe, expect, it } from '@jest/globals';
import { dateReader } from './dates.js';

describe('dates of a file', () => {
  it.each([
    ['yyyyMMdd', '19970101', '1997-01-01T00:00:00.000Z'],
    ['yyMMdd', '990201', '1999-02-01T00:00:00.000Z'],
    ['yyMMdd H:mm:ss', '990201 7:02:47', '1999-02-01T07:02:47.000Z'],
    ['MM/dd/yyyy hh:mm:ss a', '10/01/2016 04:23:55 PM', '2016-10-01T16:23:55.000Z'],
    ['MM/dd/yyyy hh:mm:ss a', '09/01/2016 12:00:00 AM', '2016-09-01T00:00:00.000Z'],
    ['d MMM yyyy', '3 Mar 2026', '2026-03-03T00:00:00.000Z'],
    ["yyyy-MM-dd'T'HH:mmXXX", '2026-03-01T08:00+08:00', '2026-03-01T00:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss.SSS', '1996-07-04 00:00:00.125', '1996-07-04T00:00:00.125Z'],
    ['dd.MM.yy', '29.02.68', '2068-02-29T00:00:00.000Z'],
  ])('%s reads %s', (pattern, text, instant) => expect(dateReader(pattern, 'UTC')(text)).toBe(instant));

  it.each(['2017-03-01', '2017-03-01 00:00', '2017-03-01T00:00:00.000Z', '2017-03-01T08:00:00+08:00'])('are ISO 8601 without a pattern: %s', (text) =>
    expect(dateReader(undefined, 'UTC')(text)).toBe('2017-03-01T00:00:00.000Z'),
  );

  it.each([
    ['yyyyMMdd', '19970230'],
    ['yyyyMMdd', '19971301'],
    ['yyyyMMdd', '1997010'],
    ['yyyyMMdd', ''],
    ['HH:mm yyyy', '24:00 2020'],
    ['hh a yyyy', '13 PM 2020'],
    ['d MMM yyyy', '3 Foo 2026'],
  ])('%s refuses %s', (pattern, text) => expect(dateReader(pattern, 'UTC')(text)).toBeUndefined());

  it('hang on the wall of the stated zone, summer and winter', () => {
    const read = dateReader(undefined, 'America/New_York');
    expect(read('2019-01-15 12:00')).toBe('2019-01-15T17:00:00.000Z');
    expect(read('2019-07-15 12:00')).toBe('2019-07-15T16:00:00.000Z');
    expect(dateReader(undefined, 'Asia/Shanghai')('2026-03-01')).toBe('2026-02-28T16:00:00.000Z');
  });

  it('are the first of two where clocks go back, and go on where clocks leave an hour out', () => {
    const read = dateReader(undefined, 'America/New_York');
    expect(read('2019-11-03 01:30')).toBe('2019-11-03T05:30:00.000Z');
    expect(read('2019-11-03 02:30')).toBe('2019-11-03T07:30:00.000Z');
    expect(read('2019-03-10 02:30')).toBe('2019-03-10T07:30:00.000Z');
    expect(read('2019-03-10 12:00')).toBe('2019-03-10T16:00:00.000Z');
  });

  it('need a pattern with a year, known letters and a known zone', () => {
    expect(() => dateReader('MM-dd', 'UTC')).toThrow('no year');
    expect(() => dateReader('yyyy-QQ', 'UTC')).toThrow('Q');
    expect(() => dateReader(undefined, 'Mars/Olympus')).toThrow('no time zone');
  });
});
