import { describe, expect, it } from '@jest/globals';
import { expiryOf, merged, pointsOf, take, without } from './points.rules.js';
import { earnedAt, eventId, lot } from './testing/story.js';

describe('points of an amount', () => {
  it.each([
    ['CNY', '1177', '11'],
    ['CNY', '100', '1'],
    ['CNY', '99', '0'],
    ['CNY', '5', '0'],
    ['CNY', '0', '0'],
    ['CNY', '-1177', '0'],
    ['JPY', '1177', '1177'],
    ['JPY', '0', '0'],
    ['KWD', '2999', '2'],
    ['KWD', '999', '0'],
    ['CLF', '19999', '1'],
    ['XYZ', '250', '2'],
    ['CNY', '10000000000000000', '100000000000000'],
  ])('%s %s minor units are %s whole units', (currency, amountMinor, points) => expect(pointsOf(currency, amountMinor)).toBe(points));
});

describe('24 months', () => {
  it.each([
    ['2026-11-22T08:00:00.000Z', '2028-11-22T08:00:00.000Z'],
    ['2027-12-31T23:59:59.999Z', '2029-12-31T23:59:59.999Z'],
    ['2028-02-29T08:00:00.000Z', '2030-02-28T08:00:00.000Z'],
    ['2026-02-28T08:00:00.000Z', '2028-02-28T08:00:00.000Z'],
  ])('after %s are %s', (at, later) => expect(expiryOf(at)).toBe(later));
});

describe('lots', () => {
  const lots = [lot(1, '5'), lot(2, '7')];
  const of = (n: number, points: string) => ({ lotId: eventId(n), points });
  it('are taken from in their order', () => {
    expect(take(lots, '6')).toEqual({ taken: [of(1, '5'), of(2, '1')], shortage: '0' });
    expect(take(lots, '5')).toEqual({ taken: [of(1, '5')], shortage: '0' });
    expect(take(lots, '0')).toEqual({ taken: [], shortage: '0' });
  });
  it('say what is not there', () => expect(take(lots, '20')).toEqual({ taken: [of(1, '5'), of(2, '7')], shortage: '8' }));
  it('go when they are empty', () => expect(without(lots, [of(1, '5'), of(2, '1')])).toEqual([lot(2, '6')]));
  it('get back what returns, in the order in which they were earned', () => {
    const older = { ...lot(3, '2'), earnedAt: '2026-11-21T08:00:00.000Z' };
    expect(merged(lots, [older, lot(2, '3')])).toEqual([older, lot(1, '5'), lot(2, '10')]);
    expect(merged([], lots).map((it) => it.earnedAt)).toEqual([earnedAt, earnedAt]);
  });
});
