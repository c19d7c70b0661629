import { isDeepStrictEqual } from 'node:util';
import { filled, recordData } from '@guanxi/contracts/json';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve, type AnyDecider, type Context, type Decider } from './decider.js';
import { casesOf } from './fold.js';
import { Rejection } from './rejection.js';

/** What the scenario tells decisions of the world unless a test says otherwise. */
const world: Context = {
  id: '00000000-0000-7000-8000-000000000001',
  now: '2026-11-22T08:00:00.000Z',
  segment: 'default',
  actor: { subject: 'op-1', role: 'DATA_STEWARD' },
  exists: () => true,
};

/**
 * Given/when/then for one decider: `given(…events).when(command).gives(…events)` or `.rejects(slug)`.
 * Events are read as a load reads them, the state passes through JSON as a snapshot does, and `gives` checks that every event
 * passes the strict parser that stands before the append.
 */
export const scenario = <S, C, E>(it: Decider<S, C, E>, context: Partial<Context> = {}) => {
  const any: AnyDecider = it;
  const attempt = (history: readonly OneOf<E>[], wish: OneOf<C>) => {
    const state = strip(history.reduce<unknown>((s, event) => evolve(any, s, ...stored(any, event)), it.initial));
    const [method, command] = caseOf(wish);
    const met = { ...world, ...context };
    // As the executor hands it over: with the stream's id.
    return decide(any, method, { ...(command as object), [`${it.stream}Id`]: met.id }, state, history.length, met);
  };
  return {
    given: (...history: OneOf<E>[]) => ({
      when: (wish: OneOf<C>) => ({
        /** The events, exactly. */
        gives: (...expected: OneOf<E>[]): void => {
          const actual = attempt(history, wish);
          actual.forEach((event) => recordData(it.events, event));
          if (!isDeepStrictEqual(strip(actual), strip(expected)))
            throw new Error(`expected ${JSON.stringify(expected, null, 1)}\nbut got ${JSON.stringify(actual, null, 1)}`);
        },
        /** Refused with this slug. */
        rejects: (slug: string): void => {
          try {
            attempt(history, wish);
          } catch (error) {
            if (error instanceof Rejection && error.slug === slug) return;
            throw error;
          }
          throw new Error(`expected the rejection ${slug}, but the command passed`);
        },
      }),
    }),
  };
};

/** An event's case and payload as a load gives them to `evolve`. */
const stored = (it: AnyDecider, event: Record<string, unknown>): [string, unknown] => {
  const [name, data] = caseOf(event);
  const payload = [...casesOf(it.events).values()].find((known) => known.name === name)?.payload;
  if (!payload) throw new Error(`${it.events.typeName} has no ${name}`);
  return [name, filled(payload, recordData(payload, data))];
};

// Absent and undefined are one in JSON.
const strip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
