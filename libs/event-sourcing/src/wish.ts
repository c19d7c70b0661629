import type { Advice, Warning } from './advice.js';
import type { Caller } from './caller.js';
import { commandName, type AnyDecider, type Context } from './decider.js';
import { commandId, requestHash, storedKey, uuid7 } from './ids.js';
import type { Lookups } from './lookups.js';
import type { Rows } from './rows.js';
import { targetOf } from './target.js';

/** A command with everything that can be known before its stream is looked at. */
export interface Wish {
  readonly decider: AnyDecider;
  readonly method: string;
  /** Plain JSON, references resolved to ids. */
  readonly command: unknown;
  /** The command's full name. */
  readonly name: string;
  readonly caller: Caller;
  /** The stream. */
  readonly id: string;
  /** Was the stream's id made for this command? */
  readonly fresh: boolean;
  readonly commandId: string;
  /** Both or none. */
  readonly key?: Buffer;
  readonly hash?: Buffer;
  /** When it arrived. */
  readonly now: string;
}

/** What the world says to a wish. */
export interface Surrounding {
  readonly context: Context;
  readonly warnings: readonly Warning[];
}

/** A command as the client stated it, after validation → a wish. @throws Rejection `ref-mismatch` */
export const wishOf = (namespace: string, decider: AnyDecider, method: string, command: unknown, caller: Caller): Wish => {
  const { subject, idempotencyKey } = caller;
  const name = `${decider.commands.typeName.slice(0, decider.commands.typeName.lastIndexOf('.'))}.${commandName(decider, method)}`;
  const target = targetOf(namespace, decider, command as Record<string, unknown>);
  const wish = { decider, method, name, caller, ...target, now: new Date().toISOString() };
  return idempotencyKey === undefined
    ? { ...wish, commandId: uuid7() }
    : { ...wish, commandId: commandId(subject, idempotencyKey), key: storedKey(subject, idempotencyKey), hash: requestHash(name, command) };
};

/** Which streams exist, and what the rows of views warn of: nothing of it is under the stream's version, so it is read beforehand. */
export const surroundingOf = async (wish: Wish, lookups: Lookups, rows: Rows, advice: readonly Advice[]): Promise<Surrounding> => {
  const { decider, method, command, id, now, caller } = wish;
  const refers = decider.refers?.[method] as ((command: unknown) => readonly string[]) | undefined;
  const named = (refers?.(command) ?? []).map((it) => it.toLowerCase());
  const [found, warnings] = await Promise.all([
    Promise.all(named.map((it) => lookups.typeOf(it))),
    Promise.all(advice.map((it) => warningsOf(it, wish, rows))),
  ]);
  const exists = (asked: string, type?: string): boolean => {
    const n = named.indexOf(asked.toLowerCase());
    if (n < 0) throw new Error(`${decider.stream}.${method} asks whether a stream exists that refers does not name`);
    return found[n] !== undefined && (type === undefined || found[n] === type);
  };
  const { subject, role, segment } = caller;
  return { context: { id, now, segment, actor: { subject, role }, exists }, warnings: warnings.flat() };
};

const warningsOf = async ({ view, key, warn }: Advice, { command, id }: Wish, rows: Rows): Promise<readonly Warning[]> => {
  const asked = key(command as never);
  // Nothing to warn of is better than no answer.
  const row = asked === undefined ? undefined : await rows.one(view, asked).catch(() => undefined);
  return row === undefined ? [] : warn(row as never, command as never, id);
};
