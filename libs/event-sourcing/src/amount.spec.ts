import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compare, minus, plus, rate, total } from './amount.js';

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, places]) => minus(plus(digits.toString(), places === 0 ? '0' : `0.${'5'.padStart(places, '0')}`), '0'));

describe('amounts as decimal text', () => {
  it('add exactly, beyond what a float can hold', () => {
    expect(plus('9007199254740993', '1')).toBe('9007199254740994');
    expect(plus('0.1', '0.2')).toBe('0.3');
    expect(total(['0.5', '0.25', '0.25'])).toBe('1');
    expect(total([])).toBe('0');
  });
  it('are printed without needless zeros and with their sign', () => {
    expect(minus('0.25', '0.5')).toBe('-0.25');
    expect(minus('1.50', '1.5')).toBe('0');
    expect(plus('100', '0.000')).toBe('100');
    expect(plus('-0.5', '0.5')).toBe('0');
  });
  it('compare by value and not by text', () => {
    expect(['10', '9', '9.5', '-1', '9.50'].sort(compare)).toEqual(['-1', '9', '9.5', '9.50', '10']);
  });
  it('give back what was taken: a + b - b is a', () => {
    fc.assert(fc.property(decimal, decimal, (a, b) => minus(plus(a, b), b) === plus(a, '0')));
  });
  it('make rates with fixed places, halves away from zero, none without a base', () => {
    expect(rate(1, 3, 10_000, 4)).toBe('3333.3333');
    expect(rate(2, 3, 10_000, 4)).toBe('6666.6667');
    expect(rate(1, 160_000_000, 10_000, 4)).toBe('0.0001');
    expect(rate(1, 200_000_000, 10_000, 4)).toBe('0.0001');
    expect(rate(0, 7, 10_000, 4)).toBe('0.0000');
    expect(rate(5, 0, 10_000, 4)).toBeUndefined();
  });
});
