import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ComplaintEvent, type Complaint, type ComplaintCommands } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { OneOf } from '@guanxi/contracts/of';
import { allowed, caseOf, commandName, decide, evolve, type Context } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { complaint } from './complaint.decider.js';
import type { State } from './complaint.rules.js';
import { complaintView } from './complaint.view.js';
import { complaintId, event, wish, wishes } from './testing/story.js';

type Wish = OneOf<ComplaintCommands>;
type Event = OneOf<ComplaintEvent>;

const context: Context = {
  id: complaintId,
  now: '2026-11-22T08:00:00.000Z',
  segment: 'default',
  actor: { subject: 'op-1', role: '' },
  exists: () => true,
};
const any = fc.constantFrom(...(Object.keys(wishes) as (keyof ComplaintCommands)[]));
const verdict = fc
  .constantFrom('FOUNDED' as const, 'UNFOUNDED' as const)
  .map((it) => wish('judgeComplaint', { verdict: it, alternatives: ['仲裁'] }));
// Mostly what is allowed, so that runs get far; now and then anything.
const choices = fc.array(fc.record({ wild: fc.integer({ min: 0, max: 9 }).map((n) => n === 0), any, nth: fc.nat(20), verdict }), { maxLength: 60 });
const byName = new Map((Object.keys(wishes) as (keyof ComplaintCommands)[]).map((name) => [commandName(complaint, name), name]));

interface Life {
  readonly events: Event[];
  readonly states: State[];
}
const lived = (first: Event, choose: { wild: boolean; any: keyof ComplaintCommands; nth: number; verdict: Wish }[]): Life => {
  let state = evolve(complaint, complaint.initial, ...caseOf(first)) as State;
  const events = [first];
  const states = [state];
  for (const it of choose) {
    const names = allowed(complaint, state).flatMap((name) => byName.get(name) ?? []);
    // A void or a withdrawal ends the run, so it waits for the wild ones.
    const tame = names.filter((name) => name !== 'voidComplaint' && name !== 'withdrawComplaint');
    const name = it.wild ? it.any : tame[it.nth % tame.length];
    if (!name) continue;
    const command: Wish = name === 'judgeComplaint' ? it.verdict : wish(name);
    try {
      for (const one of decide(complaint, ...caseOf(command), state, events.length, context) as Event[]) {
        state = evolve(complaint, state, ...caseOf(one)) as State;
        events.push(one);
        states.push(state);
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return { events, states };
};
const firsts = fc.constantFrom<Event>(event('complaintReceived'), event('complaintImported'), event('complaintImported', { closed: true }));
const names = (events: readonly Event[]) => events.map((it) => caseOf(it)[0]);
/** What came since the case began or was last opened again. */
const since = (all: readonly string[], marks: readonly string[]) => all.slice(Math.max(...marks.map((it) => all.lastIndexOf(it)), 0));

describe('whatever is done to a complaint', () => {
  it('no step of CO-003 is left out', () => {
    let judged = 0;
    fc.assert(
      fc.property(firsts, choices, (first, choose) => {
        const all = names(lived(first, choose).events);
        all.forEach((name, n) => {
          const before = all.slice(0, n);
          const life = since(before, ['complaintReceived', 'complaintImported']);
          const round = since(before, ['complaintReceived', 'complaintImported', 'complaintReopened']);
          if (name === 'complaintAssessed') expect(life).toEqual(expect.arrayContaining(['customerHeard', 'complaintAcknowledged']));
          if (name === 'complaintJudged') {
            judged += 1;
            expect(life).toContain('keyPointsRecorded');
            expect(round).toEqual(expect.arrayContaining(['complaintAssessed', 'investigationAssigned', 'investigationCompleted']));
          }
          if (name === 'remedyProposed') expect(round).toContain('complaintJudged');
          if (name === 'remedyExecuted') expect(before.at(-1)).toBe('remedyAccepted');
          if (name === 'complaintClosed') expect(['followUpMade', 'decisionCommunicated']).toContain(before.at(-1));
        });
      }),
      { numRuns: 300 },
    );
    expect(judged).toBeGreaterThan(0);
  });
  it('the view says the same status as the decider, at every step', () => {
    fc.assert(
      fc.property(firsts, choices, (first, choose) => {
        const { events, states } = lived(first, choose);
        const told = story(complaintView);
        events.forEach((one, n) => {
          const row = told.tell(ComplaintEvent, complaintId, one).row(complaintId) as Complaint;
          expect(row.status).toBe(states[n]?.status);
          expect(row.version).toBe(n + 1);
          expect(row.heardAt !== undefined).toBe(states[n]?.heard);
        });
      }),
      { numRuns: 100 },
    );
  });
  it('a second fold of the same events gives the same row', () => {
    fc.assert(
      fc.property(firsts, choices, (first, choose) => {
        const { events } = lived(first, choose);
        const folded = () => events.reduce((it, one) => it.tell(ComplaintEvent, complaintId, one), story(complaintView)).rows();
        expect(folded()).toEqual(folded());
      }),
      { numRuns: 50 },
    );
  });
});
