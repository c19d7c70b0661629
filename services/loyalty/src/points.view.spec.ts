import { describe, expect, it } from '@jest/globals';
import { MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { PointsEvent } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import type { OneOf } from '@guanxi/contracts/of';
import { story } from '@guanxi/event-sourcing/story';
import { pointsView } from './points.view.js';
import { redemptionView } from './redemption.view.js';
import { accountId, earned, expired, lot, redeemed, reversed } from './testing/story.js';

const stream = '00000000-0000-7000-8000-0000000000ff';
const told = (...events: OneOf<PointsEvent>[]) => events.reduce((it, event) => it.tell(PointsEvent, stream, event), story(pointsView)).row(accountId);
const later = '2026-11-22T09:00:00.000Z';
const voided = {
  redemptionVoided: { accountId, number: 1, points: '6', returned: [lot(1, '3'), lot(2, '1')], debtPaid: '1', expired: '1', reason: '误登' },
};

describe("a customer's points", () => {
  it('begin with zeros when the customer enrols', () =>
    expect(
      story(pointsView)
        .tell(MembershipEvent, stream, { memberEnrolled: { accountId, programme: 'default' } })
        .row(accountId),
    ).toMatchObject({
      accountId,
      lots: [],
      version: 0,
      ...{ balance: '0', earned: '0', redeemed: '0', reversed: '0', expired: '0', debt: '0' },
    }));
  it('stay as they are when the customer enrols again', () =>
    expect(
      story(pointsView)
        .tell(PointsEvent, stream, earned(1, '5'))
        .tell(MembershipEvent, stream, { memberEnrolled: { accountId, programme: 'default' } })
        .row(accountId),
    ).toMatchObject({ balance: '5' }));
  it('grow by what orders earn, the oldest lot first', () =>
    expect(told(earned(1, '5'), earned(2, '7'))).toMatchObject({
      balance: '12',
      earned: '12',
      lots: [lot(1, '5'), lot(2, '7')],
      version: 2,
      updatedAt: '2026-11-22T10:00:00.000Z',
    }));
  it('pay a debt first', () =>
    expect(told(earned(1, '5'), redeemed(1, '5', [1, '5']), reversed(1, 2, '0', '5', '5'), earned(2, '7', { debtPaid: '5' }))).toMatchObject({
      balance: '2',
      debt: '0',
      earned: '12',
      reversed: '5',
      lots: [lot(2, '2')],
    }));
  it('shrink by what is spent, and by what is not spent in time', () =>
    expect(told(earned(1, '5'), earned(2, '7'), redeemed(1, '6', [1, '5'], [2, '1']), expired(2, '6'))).toMatchObject({
      balance: '0',
      redeemed: '6',
      expired: '6',
      lots: [],
    }));
  it('leave a debt where more is taken back than there is', () =>
    expect(told(earned(1, '5'), redeemed(1, '3', [1, '3']), reversed(1, 2, '0', '5', '3', [1, '2']))).toMatchObject({
      balance: '0',
      reversed: '5',
      debt: '3',
      lots: [],
    }));
  it('return where a redemption is void, but for what pays a debt or has expired', () =>
    expect(told(earned(1, '5'), earned(2, '7', { earnedAt: later }), redeemed(1, '6', [1, '5'], [2, '1']), voided)).toMatchObject({
      balance: '10',
      redeemed: '0',
      expired: '1',
      debt: '-1',
      lots: [lot(1, '3'), { ...lot(2, '7'), earnedAt: later }],
    }));
});

describe('redemptions', () => {
  const rows = story(redemptionView)
    .tell(PointsEvent, stream, earned(1, '12'))
    .tell(PointsEvent, stream, { pointsRedeemed: { ...redeemed(1, '6', [1, '6']).pointsRedeemed, reward: '茶具' } })
    .tell(PointsEvent, stream, redeemed(2, '1', [1, '1']))
    .tell(PointsEvent, stream, voided)
    .rows();
  it('have a row each, and say why they are void', () =>
    expect(rows).toEqual([
      {
        redemptionId: `${accountId}:1`,
        accountId,
        number: 1,
        points: '6',
        reward: '茶具',
        redeemedAt: '2026-11-22T10:00:00.000Z',
        voidReason: '误登',
      },
      { redemptionId: `${accountId}:2`, accountId, number: 2, points: '1', redeemedAt: '2026-11-22T11:00:00.000Z' },
    ]));
});
