import type { Epoch, Place } from './consumer.rules.js';

/** One event of the own history as the relay reads it; `prev` is the position before it in its partition, 0 at its first. */
export interface Fact {
  readonly position: number;
  readonly prev: number;
  readonly partition: number;
}

/** What `relayRound` wants done next; each is answered by the type beside it. */
export type RelayAsk<F> =
  | { readonly ask: 'checkpoint' } // number, under the row's lock; undefined where another replica holds it
  | { readonly ask: 'after'; readonly position: number } // F[]: what the history holds next, ascending
  | { readonly ask: 'last'; readonly partitions: readonly number[]; readonly upTo: number } // F[]: the last one of each
  | { readonly ask: 'publish'; readonly facts: readonly F[] } // nothing, once all of it is acknowledged
  | { readonly ask: 'move'; readonly position: number }; // nothing

/** The most that one publication holds (messages, bytes). */
export const mostAtOnce = { messages: 500, bytes: 512 * 1024 };

/** The leading facts that fit into one publication; at least one, however large. */
export const cut = <F>(facts: readonly F[], bytesOf: (fact: F) => number, most = mostAtOnce): F[] => {
  let bytes = 0;
  const end = facts.findIndex((fact, n) => n === most.messages || ((bytes += bytesOf(fact)) > most.bytes && n > 0));
  return facts.slice(0, end < 0 ? facts.length : end);
};

/** Partitions in which nothing was sent for so long (ms) that the last record is due again: a lost tail is noticed by it. */
export const silentPartitions = (lastSent: ReadonlyMap<number, number>, now: number, silence: number): number[] =>
  [...lastSent].filter(([, at]) => now - at >= silence).map(([partition]) => partition);

/**
 * One round of the relay under its checkpoint row: reads on from the checkpoint, publishes one batch, moves the checkpoint when it
 * is acknowledged. Where a step fails the round is over and the next one starts from the checkpoint again: it never skips.
 * @returns how many facts were new; undefined where another replica holds the row
 */
export function* relayRound<F extends Fact>(silent: readonly number[]): Generator<RelayAsk<F>, number | undefined, never> {
  const from: number | undefined = yield { ask: 'checkpoint' };
  if (from === undefined) return undefined;
  const facts: readonly F[] = yield { ask: 'after', position: from };
  const quiet = silent.filter((partition) => facts.every((it) => it.partition !== partition));
  const again: readonly F[] = quiet.length > 0 ? yield { ask: 'last', partitions: quiet, upTo: from } : [];
  if (facts.length + again.length > 0) yield { ask: 'publish', facts: [...again, ...facts] };
  const last = facts.at(-1);
  if (last) yield { ask: 'move', position: last.position };
  return facts.length;
}

/** What the own history says of a record at the end of the own topic: `same`: does it hold this very text at that position? */
export type TailVerdict = 'ours' | 'unhappened' | 'foreign';

/**
 * The start check: a record in the topic that the history does not hold means that this database was restored and nobody began a
 * new epoch, unless the record is of an older epoch and a restore un-happened it. At 'foreign' the service must not append.
 */
export const tailVerdict = (tail: Place, same: boolean, epochs: readonly Epoch[]): TailVerdict => {
  if (same) return 'ours';
  const later = epochs.filter(({ id }) => id > tail.epoch);
  const known = epochs.some(({ id }) => id === tail.epoch);
  return later.length > 0 && (!known || tail.position > Math.min(...later.map(({ base }) => base))) ? 'unhappened' : 'foreign';
};
