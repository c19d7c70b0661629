import { PolicyFault } from './aside.js';
import { caseOf } from './decider.js';
import { casesOf, type Recorded, type Row } from './fold.js';
import type { Policy, React } from './policy.js';
import type { AnyView } from './view.js';

/** A command that a policy wants because of an event. */
export interface Wanted {
  readonly policy: Policy;
  /** The event's id; with `n` it names the command for ever, so that a repeat has no effect. */
  readonly event: string;
  /** Counts the policy's wishes for this event: 0, 1, … */
  readonly n: number;
  /** When, RFC 3339 UTC; at once where absent. */
  readonly at: string | undefined;
  readonly method: string;
  readonly command: unknown;
  readonly trace: Recorded['trace'];
}

/** What policies of one view do, by full name of the event. */
export type Reactions = ReadonlyMap<string, readonly { readonly policy: Policy; readonly react: React<unknown, unknown, unknown> }[]>;

/**
 * The reactions of the policies that run in a view's projector.
 * @throws Error where a policy reacts to events that its view has no source for, so that there is no row to see
 */
export const reactionsOf = (view: AnyView, policies: readonly Policy[]): Reactions => {
  const found = new Map<string, { policy: Policy; react: React<unknown, unknown, unknown> }[]>();
  for (const policy of policies.filter((it) => it.view.options.table === view.options.table))
    for (const { events, reacts } of policy.sources) {
      if (!view.sources.some((it) => it.events.typeName === events.typeName))
        throw new Error(`policy ${policy.name} reacts to ${events.typeName}, which its view ${view.options.table} does not name`);
      for (const [type, { name }] of casesOf(events)) {
        const react = reacts[name];
        if (react) found.set(type, [...(found.get(type) ?? []), { policy, react }]);
      }
    }
  return found;
};

const demandInstant = (at: string | undefined): void => {
  if (at !== undefined && Number.isNaN(Date.parse(at))) throw new RangeError('a timed command names no time');
};

/** What the policies want because of an event; `row` is the view's, as it stands after it. @throws PolicyFault */
export const wanted = (reactions: Reactions, event: Recorded, row: Row | undefined): Wanted[] =>
  (reactions.get(event.type) ?? []).flatMap(({ policy, react }) => {
    try {
      return react(row, event.payload, event.meta).map(({ at, command }, n) => {
        demandInstant(at);
        const [method, request] = caseOf(command);
        return { policy, event: event.meta.id, n, at, method, command: request, trace: event.trace };
      });
    } catch (error) {
      throw new PolicyFault(policy.name, error);
    }
  });
