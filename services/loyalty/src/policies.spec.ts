import { describe, expect, it } from '@jest/globals';
import type { MembershipStatus } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { earning } from './earning.policy.js';
import { expiry } from './expiry.policy.js';
import { accountId, earned, eventId, expiresAt, orderId } from './testing/story.js';

const meta = { id: eventId(7), stream: orderId(1), version: 4, at: '2026-11-22T09:00:00.000Z', customer: accountId };
const order = { accountId, orderId: orderId(1), currency: 'CNY', amountMinor: '1177' };
const react = (name: string, status: MembershipStatus | undefined) =>
  earning.sources[0]?.reacts[name]?.(status && { accountId, status }, order, meta);
const facts = { accountId, orderId: orderId(1), orderVersion: 4, eventId: eventId(7) };

describe('an order', () => {
  it('earns points for a member', () =>
    expect(react('orderRecorded', 'ACTIVE')).toEqual([{ command: { earnPoints: { ...facts, currency: 'CNY', amountMinor: '1177' } } }]));
  it.each([undefined, 'LEFT'] as const)('earns none where the membership is %s', (status) => expect(react('orderRecorded', status)).toEqual([]));
  it.each([
    ['orderReturned', '-1177'],
    ['returnVoided', '1177'],
    ['orderVoided', '-1177'],
  ])('%s changes its worth by %s, for who left too', (name, changeMinor) => {
    for (const status of ['ACTIVE', 'LEFT'] as const) expect(react(name, status)).toEqual([{ command: { adjustPoints: { ...facts, changeMinor } } }]);
  });
  it.each(['orderReturned', 'returnVoided', 'orderVoided'])('%s asks nothing for who never was a member', (name) =>
    expect(react(name, undefined)).toEqual([]),
  );
});

describe('a lot', () => {
  it('ends when its time comes', () =>
    expect(expiry.sources[0]?.reacts['pointsEarned']?.(undefined, earned(1, '5').pointsEarned, meta)).toEqual([
      { at: expiresAt, command: { expireLot: { accountId, lotId: eventId(1) } } },
    ]));
});
