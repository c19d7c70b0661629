import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OneOf } from '@guanxi/contracts/of';
import { PointsEvent, type Points } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { compare, minus, total } from '@guanxi/event-sourcing/amount';
import { caseOf, decide, evolve } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { pointsAccount } from './points.decider.js';
import { pointsOf } from './points.rules.js';
import { noPoints, pointsView } from './points.view.js';
import { happenings, lifeOf, type Step } from './testing/life.js';
import { accountId } from './testing/story.js';

type Event = OneOf<PointsEvent>;

/** Decides step by step, as the executor does, and lets every timer fire when it is due; a refusal leaves nothing behind. */
const lived = (steps: readonly Step[]) => {
  const events: Event[] = [];
  const timers: Step[] = [];
  let state: unknown = pointsAccount.initial;
  const act = ({ now, wish }: Step): void => {
    try {
      const context = { id: accountId, now, segment: 'default', actor: { subject: 'op-1', role: '' }, exists: () => true };
      const told = decide(pointsAccount, ...caseOf(wish), state, events.length, context) as Event[];
      for (const event of told) {
        state = evolve(pointsAccount, state, ...caseOf(event));
        if ('pointsEarned' in event) {
          const { lotId, expiresAt } = event.pointsEarned;
          timers.push({ now: expiresAt, wish: { expireLot: { accountId, lotId } } });
        }
      }
      events.push(...told);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  };
  for (const step of steps) {
    for (const due of timers.filter((it) => it.now <= step.now)) timers.splice(timers.indexOf(due), 1).forEach(act);
    act(step);
  }
  return { events, state: state as typeof pointsAccount.initial };
};

const folded = (events: readonly Event[]): Points =>
  events.reduce((it, event) => it.tell(PointsEvent, accountId, event), story(pointsView)).row(accountId) ?? noPoints(accountId);

describe('whatever happens to the orders and the points of an account', () => {
  it('earned = balance + redeemed + reversed + expired − debt, after every event; nothing is ever below 0, and a debt means that nothing is left', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { events } = lived(lifeOf(all).steps);
        const rows = story(pointsView);
        for (const event of events) {
          const row = rows.tell(PointsEvent, accountId, event).row(accountId) as Points;
          const { balance, redeemed, reversed, expired, debt, earned, lots } = row;
          expect(minus(total([balance, redeemed, reversed, expired]), debt)).toBe(earned);
          expect(total(lots.map((it) => it.points))).toBe(balance);
          for (const it of [balance, redeemed, reversed, expired, debt, earned]) expect(it).not.toMatch(/^-/);
          expect(lots.every((it) => compare(it.points, '0') > 0)).toBe(true);
          expect(debt === '0' || balance === '0').toBe(true);
          expect(lots.map((it) => it.earnedAt)).toEqual(lots.map((it) => it.earnedAt).sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('earned − reversed is what its orders are worth, repeats or not, within 24 months', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { steps, worth } = lifeOf(all.map((it) => ({ ...it, days: 0 })));
        const { earned, reversed } = folded(lived(steps).events);
        expect(minus(earned, reversed)).toBe(total(worth.map(({ currency, amount }) => pointsOf(currency, amount))));
      }),
      { numRuns: 300 },
    );
  });

  it('what each order brings does not depend on which order was heard of first', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { steps } = lifeOf(all.filter(({ what }) => what !== 'redeem' && what !== 'voidRedemption').map((it) => ({ ...it, days: 0 })));
        const of = ({ wish }: Step) => Object.values(wish)[0].orderId as string;
        // Each order's own events stay in order, as they come by one partition.
        const apart = [...steps].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
        const sums = (it: readonly Step[]) => {
          const { balance, debt, earned, reversed } = folded(lived(it).events);
          return { balance, debt, net: minus(earned, reversed) };
        };
        expect(sums(apart)).toEqual(sums(steps));
      }),
      { numRuns: 200 },
    );
  });

  it('the decider and the row agree on what is left, and a second fold gives the same', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { events, state } = lived(lifeOf(all).steps);
        const row = folded(events);
        expect([row.lots, row.debt]).toEqual([state.lots, state.debt]);
        expect(folded(events)).toEqual(row);
        const again = events.reduce<unknown>((it, event) => evolve(pointsAccount, it, ...caseOf(event)), pointsAccount.initial);
        expect(again).toEqual(state);
      }),
      { numRuns: 100 },
    );
  });
});
