import type { ClientBase } from 'pg';
import { moveTo, take } from './checkpoints.js';
import { packed } from './dedicated.js';
import type { AnyDecider } from './decider.js';
import type { Recorded } from './fold.js';
import { interpret, type Contracts, type ReadRecordText } from './interpret.js';
import { carryOut, writeTimers, type CarriedOut, type Execute } from './policies.js';
import { forget, remember, ViewFault, work, write, type Projection, type Work } from './projection.js';
import { beginning, samePlace, type Place } from './recorded.js';

/** What every batch of a service needs. */
export interface Surroundings {
  readonly contracts: Contracts;
  readonly read: ReadRecordText;
  readonly execute: Execute;
  readonly deciderOf: (commands: string) => AnyDecider;
  /** The place at which each policy began, by name. */
  readonly begins: ReadonlyMap<string, Place>;
}

/** How far one batch goes. */
export interface Bounds {
  /** How many entries at most. */
  readonly limit: number;
  /** A generation that is being filled runs no policies, and goes no further than the one that is live. */
  readonly filling?: {
    /** Asked once the checkpoint is held. */
    readonly upTo: (client: ClientBase) => Promise<Place>;
    /** More to do in the same transaction. */
    readonly finish: (client: ClientBase, to: Place) => Promise<void>;
  };
}

/** What a batch did. */
export interface Outcome extends CarriedOut {
  /** Whose checkpoints moved from `from` to `to`. */
  readonly moved: readonly Projection[];
  readonly from: Place;
  readonly to: Place;
  /** How many entries it read; as many as the limit says that there may be more. */
  readonly entries: number;
  /** Where the checkpoints that could be had stood at first; others are held elsewhere, or gone. */
  readonly places: ReadonlyMap<Projection, Place>;
  /** Timed commands written. */
  readonly timers: number;
  /** Received records of a named type that could not be read, and were passed over. */
  readonly unreadable: number;
  /** Why it read no further though there is more. */
  readonly stuck: string | undefined;
}

const nothing: CarriedOut = { then: 0, rejected: 0 };

const isAfter = (event: Recorded, { position, seq }: Place): boolean => (event.seq === 0 ? event.position > position : event.seq > seq);

/** Waits for all; of several failures the one that is to blame, since in a failed transaction the others fail as well. */
const together = async (writes: readonly Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(writes)).flatMap((it) => (it.status === 'rejected' ? [it.reason as Error] : []));
  const [first] = failed;
  if (first) throw failed.find((it) => it instanceof ViewFault) ?? first;
};

/** Rows, timers and checkpoints go out together; the commit with them, unless there is more to do first. */
const commit = async (client: ClientBase, done: readonly Work[], to: Place, filling: Bounds['filling']): Promise<number> => {
  const later = done.flatMap((it) => it.wishes.filter(({ at }) => at));
  const moved = done.map((it) => it.projection);
  const writes = (): Promise<unknown>[] => [...done.map((it) => write(client, it)), writeTimers(client, later), moveTo(client, moved, to)];
  if (filling) {
    await together(packed(client, writes));
    await filling.finish(client, to);
    await client.query('commit');
  } else await together(packed(client, () => [...writes(), client.query('commit')]));
  for (const it of done) remember(it, to);
  return later.length;
};

const through = async (
  client: ClientBase,
  projections: readonly Projection[],
  { limit, filling }: Bounds,
  around: Surroundings,
): Promise<Outcome> => {
  const { places, group, from, entries } = await take(client, projections, limit, filling?.upTo);
  const { events, to, unreadable, stuck } = interpret(entries, from, around.contracts, around.read);
  const read = { places, from, to, entries: entries.length, stuck };
  if (group.length === 0 || (samePlace(from, to) && !filling)) {
    await client.query('commit');
    return { ...read, ...nothing, moved: [], timers: 0, unreadable: 0 };
  }
  const reacts = (policy: string, event: Recorded): boolean => !filling && isAfter(event, around.begins.get(policy) ?? beginning);
  const done = await Promise.all(group.map((it) => work(client, it, events, reacts)));
  // Answered before the checkpoint moves: the other way round a crash between the two would lose them.
  const now = done.flatMap((it) => it.wishes.filter(({ at }) => !at));
  const carriedOut = now.length > 0 ? await carryOut(now, around.execute, around.deciderOf) : nothing;
  return { ...read, ...carriedOut, moved: group, timers: await commit(client, done, to, filling), unreadable };
};

/**
 * One batch of the recorded order through projections, in one transaction: locks their checkpoints, reads, folds, executes what
 * policies want, writes rows, moves the checkpoints. Two round trips where the rows are known and nobody else projects.
 * @param client a connection that pipelines, and that nobody else uses meanwhile
 * @throws ViewFault where one projection is to blame; whatever else went wrong may pass
 */
export const batch = async (client: ClientBase, projections: readonly Projection[], bounds: Bounds, around: Surroundings): Promise<Outcome> => {
  try {
    return await through(client, projections, bounds, around);
  } catch (error) {
    projections.forEach(forget);
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};
