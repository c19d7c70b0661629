import type { DescMessage, DescService } from '@bufbuild/protobuf';
import type { Of, OneOf } from '@guanxi/contracts/of';
import { Rejection } from './rejection.js';

/** What a decision may know besides command and state: no clock, no chance, no I/O. */
export interface Context {
  /** The stream's id. */
  readonly id: string;
  /** When the command arrived, RFC 3339 UTC with milliseconds. */
  readonly now: string;
  /** The caller's segment. */
  readonly segment: string;
  /** Who asks, pseudonymous, and in which role; a policy by its name, without a role. */
  readonly actor: { readonly subject: string; readonly role: string };
  /** Does this stream exist in this service, as one of this aggregate where stated? Only for ids that `refers` names. */
  readonly exists: (id: string, stream?: string) => boolean;
}

/** A condition on the state, one line: `rule('complaint-not-heard', 'The customer was not heard yet.', (s) => s.heard)`. */
export interface Rule<S> {
  readonly slug: string;
  readonly detail: string;
  readonly holds: (state: S) => boolean;
}

/** A rule for a decider's table `rules`: refused with 409, this slug and this sentence where it does not hold. */
export const rule = <S>(slug: string, detail: string, holds: (state: S) => boolean): Rule<S> => ({ slug, detail, holds });

/** What each command leads to: an entry a command. */
export type Decide<S, C, E> = { readonly [K in keyof C]: (command: C[K], state: NoInfer<S>, context: Context) => OneOf<E>[] };
/** What each event changes: an entry an event. */
export type Evolve<S, E> = { readonly [K in keyof E]: (state: NoInfer<S>, event: E[K]) => NoInfer<S> };

/**
 * The rules of one aggregate, as tables. All values are plain proto3 JSON (kit.md §1): enums, int64 and instants are text.
 * The state must survive JSON, since it is kept in snapshots.
 */
export interface Decider<S, C, E> {
  /** The aggregate's name: `order`. Ids come from the fields `order_id`, `order_ref`, `external_ref` in that order, else a new UUIDv7. */
  readonly stream: string;
  /** Counted up whenever `evolve` or the state changes: older snapshots are then left aside. */
  readonly version: number;
  /** Fields of every command, where there is one stream for each of their values: `['accountId']`. Its id is derived from them. */
  readonly keyedBy?: readonly string[];
  readonly commands: Of<C, DescService>;
  readonly events: Of<E, DescMessage>;
  readonly initial: S;
  /** Commands that may begin a stream; all others are refused with `<stream>-not-found`. */
  readonly creates: readonly (keyof C)[];
  /** Ids of streams that `decide` asks about by `exists`. */
  readonly refers?: { readonly [K in keyof C]?: (command: C[K]) => readonly string[] };
  /** State machine: all rules of a command must hold, else 409 with the first one's slug and the commands that are allowed now. */
  readonly rules?: { readonly [K in keyof C]?: readonly Rule<NoInfer<S>>[] };
  readonly decide: Decide<S, C, E>;
  readonly evolve: Evolve<S, E>;
}

/** A decider whose types are forgotten: what the executor works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tables of many types meet here
export type AnyDecider = Decider<any, any, any>;

/** Infers everything from the values; `const S` keeps literals in states narrow. */
export const decider = <const S, C, const E>(it: Decider<S, C, E>): Decider<S, C, E> => it;

/** Message name of a command of this decider: `proposeRemedy` → `ProposeRemedy`. */
export const commandName = (it: AnyDecider, method: string): string => {
  const found = it.commands.method[method];
  if (!found) throw new Error(`${it.commands.typeName} has no ${method}`);
  return found.input.name;
};

const brokenRule = (it: AnyDecider, method: string, state: unknown): Rule<unknown> | undefined =>
  (it.rules?.[method] as readonly Rule<unknown>[] | undefined)?.find((r) => !r.holds(state));

/** Commands whose rules hold now, by message name; those that begin a stream are left out. */
export const allowed = (it: AnyDecider, state: unknown): string[] =>
  Object.keys(it.decide)
    .filter((method) => !it.creates.includes(method) && !brokenRule(it, method, state))
    .map((method) => commandName(it, method));

// As the read side names it: `pointsAccount` → `points-account-not-found`.
const notFound = (stream: string): Rejection => {
  const words = stream.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return new Rejection(`${words.replaceAll(' ', '-')}-not-found`, 'not-found', `There is no ${words} with this id.`);
};

/**
 * Decides one command on a state. `version` is the stream's; pure.
 * @throws Rejection as the aggregate's rules say
 */
export const decide = (
  it: AnyDecider,
  method: string,
  command: unknown,
  state: unknown,
  version: number,
  context: Context,
): Record<string, unknown>[] => {
  if (version === 0 && !it.creates.includes(method)) throw notFound(it.stream);
  const broken = brokenRule(it, method, state);
  if (broken) throw new Rejection(broken.slug, 'conflict', broken.detail, { allowed: allowed(it, state), version });
  try {
    return (it.decide[method] as (c: unknown, s: unknown, x: Context) => Record<string, unknown>[])(command, state, context);
  } catch (error) {
    if (!(error instanceof Rejection) || error.kind !== 'conflict') throw error;
    throw new Rejection(error.slug, 'conflict', error.message, { allowed: allowed(it, state), version, ...error.more });
  }
};

/** The only case and payload of a oneof in JSON: `{ orderRecorded: {…} }` → `['orderRecorded', {…}]`. */
export const caseOf = (event: Record<string, unknown>): [string, unknown] => {
  const entries = Object.entries(event);
  const [only] = entries;
  if (entries.length !== 1 || !only) throw new Error(`an event has exactly one case, not ${entries.length}`);
  return only;
};

/** Folds one event, given as case and payload, into the state. */
export const evolve = (it: AnyDecider, state: unknown, name: string, payload: unknown): unknown =>
  (it.evolve[name] as (s: unknown, e: unknown) => unknown)(state, payload);
