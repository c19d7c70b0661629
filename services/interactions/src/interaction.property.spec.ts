import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  InteractionEvent,
  type CorrectInteraction,
  type Interaction,
  type InteractionCommands,
} from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve, type Context } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { interaction } from './interaction.decider.js';
import { interactionView } from './interaction.view.js';
import { interactionId, wish } from './testing/story.js';

const context: Context = {
  ...{ id: interactionId, now: '2026-11-22T08:00:00.000Z', segment: 'default', exists: () => true },
  actor: { subject: 'op-1', role: 'DATA_STEWARD' },
};
const given = <T>(it: fc.Arbitrary<T>) => fc.option(it, { nil: undefined });
const texts = given(fc.constantFrom('', '来电', 'Rückruf'));
const corrections: fc.Arbitrary<Partial<CorrectInteraction>> = fc.record({
  type: given(fc.constantFrom('CALL', 'VISIT', 'GIFT')),
  channel: given(fc.constantFrom('PHONE', 'WEB')),
  direction: given(fc.constantFrom('INBOUND', 'OUTBOUND')),
  startedAt: given(fc.constantFrom('2026-03-01T08:00:00.000Z', '2026-03-02T08:00:00.000Z')),
  durationS: given(fc.constantFrom(0, 90)),
  summary: texts,
  outcome: texts,
});
const wishes = fc.oneof(
  { weight: 8, arbitrary: corrections.map((it) => wish('correctInteraction', it)) },
  { weight: 1, arbitrary: fc.constant(wish('voidInteraction')) },
  { weight: 1, arbitrary: fc.constant(wish('logInteraction', { outcome: undefined })) },
);
const runs = fc.array(wishes, { maxLength: 30 });

type Event = OneOf<InteractionEvent>;

/** Every event with the state after it. */
const lived = (commands: readonly OneOf<InteractionCommands>[]) => {
  let state: unknown = interaction.initial;
  const steps: { event: Event; state: typeof interaction.initial }[] = [];
  for (const command of [wish('logInteraction'), ...commands])
    try {
      for (const one of decide(interaction, ...caseOf(command), state, steps.length, context) as Event[]) {
        state = evolve(interaction, state, ...caseOf(one));
        steps.push({ event: one, state: state as typeof interaction.initial });
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  return steps;
};
const told = (events: readonly Event[]) => events.reduce((it, one) => it.tell(InteractionEvent, interactionId, one), story(interactionView));
const plain = (value: object) => JSON.parse(JSON.stringify(value)) as object;

describe('whatever is done to an interaction', () => {
  it('the row says the same facts as the decider, at every step', () => {
    fc.assert(
      fc.property(runs, (commands) => {
        const steps = lived(commands);
        steps.forEach(({ state }, n) => {
          const row = told(steps.slice(0, n + 1).map((it) => it.event)).row(interactionId) as Interaction;
          expect(row).toMatchObject(plain(state.facts));
          expect(row).toMatchObject({ status: state.status, version: n + 1 });
          for (const name of ['summary', 'outcome'] as const) expect(row[name]).toBe(state.facts[name]);
        });
      }),
      { numRuns: 50 },
    );
  });
  it('what was recorded first can be told from the last facts and the corrections', () => {
    let most = 0;
    fc.assert(
      fc.property(fc.array(corrections, { maxLength: 20 }), (all) => {
        const row = told(lived(all.map((it) => wish('correctInteraction', it))).map((it) => it.event)).row(interactionId) as Interaction;
        const first = [...row.corrections].reverse().reduce<object>((facts, { before, after }) => {
          const kept = Object.entries(facts).filter(([name]) => !(name in after));
          return { ...Object.fromEntries(kept), ...before };
        }, row);
        expect(first).toMatchObject(plain(wish('logInteraction').logInteraction));
        most = Math.max(most, row.corrections.length);
      }),
      { numRuns: 50 },
    );
    expect(most).toBeGreaterThan(2);
  });
  it('a second fold of the same events gives the same rows', () => {
    fc.assert(
      fc.property(runs, (commands) => {
        const events = lived(commands).map((it) => it.event);
        expect(told(events).rows()).toEqual(told(events).rows());
      }),
      { numRuns: 20 },
    );
  });
});
