import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { isDeepStrictEqual } from 'node:util';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve, type AnyDecider, type Context, type Decider } from './decider.js';
import { Rejection } from './rejection.js';

/** What the scenario tells decisions of the world unless a test says otherwise. */
const world: Context = { id: '00000000-0000-7000-8000-000000000001', now: '2026-11-22T08:00:00.000Z', segment: 'default', exists: () => true };

/**
 * Given/when/then for one decider: `given(…events).when(command).gives(…events)` or `.rejects(slug)`.
 * `gives` also checks that every event passes the strict parser that stands before the append.
 */
export const scenario = <S, C, E>(it: Decider<S, C, E>, context: Partial<Context> = {}) => {
  const any: AnyDecider = it;
  const attempt = (history: readonly OneOf<E>[], wish: OneOf<C>) => {
    const state = history.reduce<unknown>((s, event) => evolve(any, s, ...caseOf(event)), it.initial);
    const [method, command] = caseOf(wish);
    return decide(any, method, command, state, history.length, { ...world, ...context });
  };
  return {
    given: (...history: OneOf<E>[]) => ({
      when: (wish: OneOf<C>) => ({
        /** The events, exactly. */
        gives: (...expected: OneOf<E>[]): void => {
          const actual = attempt(history, wish);
          actual.forEach((event) => fromJson(it.events, event as JsonValue));
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

// Absent and undefined are one in JSON.
const strip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
