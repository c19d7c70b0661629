import type { Recorded } from './fold.js';

/** Where an event stands in the recorded order. */
export type At = Pick<Recorded, 'position' | 'seq'>;

/** What could not be done for a row's key, and at which event. */
export interface Fault {
  /** The row's; empty where the event names no row. */
  readonly key: string;
  readonly event: Recorded;
  /** `fold`, `key`, `column`, or `policy <name>`. */
  readonly what: string;
  readonly cause: unknown;
}

/** What a fold passes over. */
export interface Aside {
  /** Keys, each with the event from which on it is passed over. */
  readonly parked: ReadonlyMap<string, At>;
  /** Single events of single keys, by `discardOf`. */
  readonly discarded: ReadonlySet<string>;
  /** All other keys are passed over. */
  readonly only?: ReadonlySet<string>;
  /** Told of each failure; it puts the key among those that are parked, whose row stays as it was before the event. Else one throws. */
  readonly park?: (fault: Fault) => void;
}

/** A policy that threw. */
export class PolicyFault extends Error {
  constructor(
    readonly policy: string,
    override readonly cause: unknown,
  ) {
    super(`policy ${policy}`, { cause });
    this.name = 'PolicyFault';
  }
}

/** The name under which an event is discarded for a key. */
export const discardOf = (key: string, { position, seq }: At): string => `${position}/${seq} ${key}`;

/** Does `a` come before `b` in the recorded order? */
export const comesBefore = (a: At, b: At): boolean => a.position < b.position || (a.position === b.position && a.seq < b.seq);

/** Is this event passed over for this key? */
export const isAside = (aside: Aside | undefined, key: string, event: At): boolean => {
  if (!aside) return false;
  const { parked, discarded, only } = aside;
  if (only && !only.has(key)) return true;
  const from = parked.get(key);
  if (from && !comesBefore(event, from)) return true;
  return discarded.size > 0 && discarded.has(discardOf(key, event));
};

/** An error's class: its SQLSTATE or its name, never what it says. */
export const classOf = (error: unknown): string => {
  const { code, name, cause } = (error ?? {}) as { code?: unknown; name?: unknown; cause?: unknown };
  if (error instanceof PolicyFault) return classOf(cause);
  if (typeof code === 'string' && /^[0-9A-Z_]{5,40}$/.test(code)) return /^[0-9]/.test(code) ? `SQLSTATE ${code}` : code;
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? name : 'a throw';
};
