import { describe, expect, it } from '@jest/globals';
import { nameKey, normalised } from './names.js';

describe('names', () => {
  it.each([
    ['Müller & Söhne', 'MÜLLER  &  SÖHNE'],
    ['Müller', 'Mu\u0308ller'],
    ['Straße', 'STRASSE'],
    ['O’Neil, Inc.', 'ONEIL INC'],
    ['王　伟', '王伟'],
    ['上海（集团）有限公司', '上海(集团)有限公司'],
    ['ＡＣＭＥ', 'acme'],
    ['zero\u200bwidth', 'zerowidth'],
  ])('are equal however they are written: %s, %s', (a, b) => {
    expect(normalised(a)).toBe(normalised(b));
    expect(nameKey(a)).toBe(nameKey(b));
  });
  it.each([
    ['王伟', '王维'],
    ['A+', 'A'],
    ['!!', '??'],
  ])('differ where they are not: %s, %s', (a, b) => expect(nameKey(a)).not.toBe(nameKey(b)));
  it('do not show in their key', () => expect(nameKey('王伟')).toMatch(/^[0-9a-f]{64}$/));
});
