import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exponentOf } from '@guanxi/contracts/currency';
import { minorUnits } from './money.js';

describe('money of a file', () => {
  it.each([
    ['11.77', 'USD', '1177'],
    ['12', 'USD', '1200'],
    ['0.00', 'USD', '0'],
    ['-0.00', 'USD', '0'],
    ['-3.5', 'EUR', '-350'],
    ['1200', 'JPY', '1200'],
    ['1.234', 'KWD', '1234'],
    ['12.3400', 'CNY', '1234'],
    ['99999999999999999.99', 'USD', '9999999999999999999'],
  ])('%s %s is %s minor units', (text, currency, units) => expect(minorUnits(text, exponentOf(currency), false)).toBe(units));

  it.each(['12.345', '0.001', '-1.005'])('a fraction of a minor unit is refused: %s', (text) => expect(minorUnits(text, 2, false)).toBeUndefined());

  it.each([
    ['12.345', '1235'],
    ['12.3449', '1234'],
    ['-1.005', '-101'],
    ['0.004', '0'],
    ['-0.004', '0'],
  ])('or rounded when asked, halves away from zero: %s is %s', (text, units) => expect(minorUnits(text, 2, true)).toBe(units));

  it.each(['', 'abc', '1,000.00', '$5', '1e3', '.5', '5.', '--1'])('what is no decimal number is refused: %s', (text) =>
    expect(minorUnits(text, 2, true)).toBeUndefined(),
  );

  it('prints back to the same amount, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (units) => {
        const text = `${units < 0n ? '-' : ''}${(units < 0n ? -units : units).toString().padStart(3, '0').replace(/(..)$/, '.$1')}`;
        return minorUnits(text, 2, false) === `${units}`;
      }),
    );
  });
});
