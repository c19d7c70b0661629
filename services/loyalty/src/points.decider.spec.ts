import { describe, expect, it } from '@jest/globals';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { pointsAccount } from './points.decider.js';
import { accountId, earned, eventId, expired, expiresAt, lot, orderId, redeemed, reversed } from './testing/story.js';

const { given } = scenario(pointsAccount);
const inTime = (now: string) => scenario(pointsAccount, { now });
const late = inTime('2029-01-01T00:00:00.000Z');
const earn = (n: number, orderVersion: number, amountMinor: string, event = n, currency = 'CNY') => ({
  earnPoints: { accountId, orderId: orderId(n), orderVersion, eventId: eventId(event), currency, amountMinor },
});
const adjust = (n: number, orderVersion: number, changeMinor: string, event = 9) => ({
  adjustPoints: { accountId, orderId: orderId(n), orderVersion, eventId: eventId(event), changeMinor },
});

describe('an order of a member', () => {
  it('earns its whole units for 24 months', () =>
    given()
      .when(earn(1, 1, '1177'))
      .gives(earned(1, '11')));
  it('earns whole units of its own currency', () =>
    given()
      .when(earn(1, 1, '1177', 1, 'JPY'))
      .gives(earned(1, '1177', { currency: 'JPY', amountMinor: '1177' })));
  it('of less than one unit, or of less than nothing, earns nothing', () => {
    given()
      .when(earn(1, 1, '99'))
      .gives();
    given()
      .when(earn(1, 1, '-1177'))
      .gives();
  });
  it('earns once, however often it is told', () =>
    given(earned(1, '11'))
      .when(earn(1, 1, '1177', 2))
      .gives());
  it('pays a debt first', () =>
    given(earned(1, '10'), redeemed(1, '10', [1, '10']), reversed(1, 2, '377', '7', '7'))
      .when(earn(2, 1, '1077'))
      .gives(earned(2, '10', { debtPaid: '7' })));
  it('that only pays a debt leaves no lot', () =>
    given(earned(1, '10'), redeemed(1, '10', [1, '10']), reversed(1, 2, '0', '10', '10'), earned(2, '4', { debtPaid: '4' }))
      .when({ redeem: { accountId, points: '1' } })
      .rejects('points-insufficient'));
});

describe('what comes back', () => {
  it('reverses the difference of the whole units', () =>
    given(earned(1, '11'))
      .when(adjust(1, 2, '-78'))
      .gives(reversed(1, 2, '1099', '1', '0', [1, '1'])));
  it('is remembered where the whole units stay the same', () => {
    const first = reversed(1, 2, '1127', '0', '0');
    given(earned(1, '11'))
      .when(adjust(1, 2, '-50'))
      .gives(first);
    given(earned(1, '11'), first)
      .when(adjust(1, 3, '-50'))
      .gives(reversed(1, 3, '1077', '1', '0', [1, '1']));
  });
  it('counts once, however often it is told', () =>
    given(earned(1, '11'), reversed(1, 2, '1099', '1', '0', [1, '1']))
      .when(adjust(1, 2, '-78'))
      .gives());
  it('earns again where the return is void, in a lot of its own', () =>
    given(earned(1, '11'), reversed(1, 2, '1099', '1', '0', [1, '1']))
      .when(adjust(1, 3, '78', 3))
      .gives(earned(1, '1', { lotId: eventId(3), orderVersion: 3, amountMinor: '1177' })));
  it('takes from the lot of its own order, then from the oldest', () =>
    given(earned(1, '3'), earned(2, '3'), earned(3, '9'), redeemed(1, '3', [1, '3']), earned(4, '4'))
      .when(adjust(3, 2, '-977'))
      .gives(reversed(3, 2, '0', '9', '0', [3, '9'])));
  it('takes from the others what its own lot does not hold any more', () =>
    given(earned(1, '3'), earned(2, '3'), redeemed(1, '5', [1, '3'], [2, '2']), earned(3, '4'))
      .when(adjust(1, 2, '-377'))
      .gives(reversed(1, 2, '0', '3', '0', [2, '1'], [3, '2'])));
  it('leaves a debt where there is too little', () =>
    given(earned(1, '10'), redeemed(1, '8', [1, '8']))
      .when(adjust(1, 2, '-1077'))
      .gives(reversed(1, 2, '0', '10', '8', [1, '2'])));
  it('of an order that never earned changes nothing', () =>
    given(earned(1, '10'))
      .when(adjust(2, 2, '-1077'))
      .gives());
  it('once the points have expired changes nothing', () =>
    late
      .given(earned(1, '10'), expired(1, '10'))
      .when(adjust(1, 2, '-1077'))
      .gives());
});

describe('an order recorded anew', () => {
  const voided = reversed(1, 2, '0', '11', '0', [1, '11']);
  it('earns anew', () =>
    given(earned(1, '11'), voided)
      .when(earn(1, 3, '500', 3))
      .gives(earned(1, '5', { lotId: eventId(3), orderVersion: 3, amountMinor: '500' })));
  it('does not earn by what was told before the void', () =>
    given(earned(1, '11'), voided)
      .when(earn(1, 1, '1177'))
      .gives());
  it('is counted in its new currency', () =>
    given(earned(1, '11'), voided, { pointsReversed: { ...reversed(1, 3, '50', '0', '0').pointsReversed, currency: 'USD' } })
      .when(adjust(1, 4, '40'))
      .gives({ pointsReversed: { ...reversed(1, 4, '90', '0', '0').pointsReversed, currency: 'USD' } }));
});

describe('spending', () => {
  const redeem = (points: string) => ({ redeem: { accountId, points, reward: '茶具' } });
  it('takes the oldest first', () =>
    given(earned(1, '5'), earned(2, '7'))
      .when(redeem('6'))
      .gives({ pointsRedeemed: { ...redeemed(1, '6', [1, '5'], [2, '1']).pointsRedeemed, reward: '茶具' } }));
  it('is refused where there are too few, saying how many there are', () => given(earned(1, '5')).when(redeem('6')).rejects('points-insufficient'));
  it('is refused where there never were any', () => given().when(redeem('1')).rejects('points-insufficient'));
  it('passes over lots whose timer is late', () => {
    late.given(earned(1, '5')).when(redeem('1')).rejects('points-insufficient');
    late
      .given(earned(1, '5'), earned(2, '7', { expiresAt: '2029-06-01T00:00:00.000Z' }))
      .when(redeem('1'))
      .gives({ pointsRedeemed: { ...redeemed(1, '1', [2, '1']).pointsRedeemed, reward: '茶具' } });
  });
});

describe('a redemption recorded in error', () => {
  const wrong = { voidRedemption: { accountId, number: 1, reason: '误登' } };
  const voided = { accountId, number: 1, points: '6', debtPaid: '0', expired: '0', reason: '误登' };
  const history = [earned(1, '5'), earned(2, '7'), redeemed(1, '6', [1, '5'], [2, '1'])] as const;
  it('gives its points back to their lots', () =>
    given(...history)
      .when(wrong)
      .gives({ redemptionVoided: { ...voided, returned: [lot(1, '5'), lot(2, '1')] } }));
  it('pays a debt first', () =>
    given(...history, reversed(2, 2, '0', '7', '1', [2, '6']))
      .when(wrong)
      .gives({ redemptionVoided: { ...voided, debtPaid: '1', returned: [lot(1, '4'), lot(2, '1')] } }));
  it('gives nothing back that has expired meanwhile', () =>
    inTime('2028-12-01T00:00:00.000Z')
      .given(earned(1, '5'), earned(2, '7', { expiresAt: '2029-01-01T00:00:00.000Z' }), redeemed(1, '6', [1, '5'], [2, '1']))
      .when(wrong)
      .gives({ redemptionVoided: { ...voided, expired: '5', returned: [{ ...lot(2, '1'), expiresAt: '2029-01-01T00:00:00.000Z' }] } }));
  it('cannot be taken back twice', () =>
    given(...history, { redemptionVoided: { ...voided, returned: [lot(1, '5'), lot(2, '1')] } })
      .when(wrong)
      .rejects('redemption-not-found'));
  it('cannot be taken back when all its points have expired', () =>
    late
      .given(...history)
      .when(wrong)
      .rejects('redemption-not-found'));
  it('was never there', () => given().when(wrong).rejects('redemption-not-found'));
});

describe('a lot', () => {
  const expire = { expireLot: { accountId, lotId: eventId(1) } };
  it('ends at its time with what is left', () => {
    inTime(expiresAt).given(earned(1, '5')).when(expire).gives(expired(1, '5'));
    late
      .given(earned(1, '5'), redeemed(1, '2', [1, '2']))
      .when(expire)
      .gives(expired(1, '3'));
  });
  it('does not end before, and is asked again', () => {
    const early = () => inTime('2028-11-22T07:59:59.999Z').given(earned(1, '5')).when(expire).gives();
    expect(early).toThrow(expect.objectContaining({ slug: 'lot-not-due', kind: 'unavailable' }));
  });
  it('that is spent or gone has nothing to end', () => {
    late
      .given(earned(1, '5'), redeemed(1, '5', [1, '5']))
      .when(expire)
      .gives();
    late.given(earned(1, '5'), expired(1, '5')).when(expire).gives();
    late.given().when(expire).gives();
  });
});

describe('what a points account remembers', () => {
  it('is orders and redemptions of the last 24 months', () => {
    const next = earned(2, '7', { earnedAt: expiresAt, expiresAt: '2030-11-22T08:00:00.000Z' });
    const state = [earned(1, '5'), redeemed(1, '5', [1, '5']), next].reduce<ReturnType<typeof pointsAccount.evolve.pointsEarned>>(
      (it, event) =>
        'pointsEarned' in event
          ? pointsAccount.evolve.pointsEarned(it, event.pointsEarned)
          : pointsAccount.evolve.pointsRedeemed(it, event.pointsRedeemed),
      pointsAccount.initial,
    );
    expect([state.orders.map((it) => it.orderId), state.spent, state.redemptions]).toEqual([[orderId(2)], [], 1]);
  });
});
