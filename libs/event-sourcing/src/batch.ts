import type { ClientBase, Pool } from 'pg';
import { moveTo, take } from './checkpoints.js';
import { packed } from './dedicated.js';
import type { AnyDecider } from './decider.js';
import type { Recorded } from './fold.js';
import { readAhead, type Ahead, type Page, type Reading } from './page.js';
import { carryOut, writeTimers, type CarriedOut, type Execute } from './policies.js';
import { forget, remember, ViewFault, work, write, type Projection, type Work } from './projection.js';
import { beginning, samePlace, type Place } from './recorded.js';

/** What every batch of a service needs. */
export interface Surroundings extends Pick<Reading, 'contracts' | 'read'> {
  /** For reading ahead. */
  readonly pool: Pool;
  readonly execute: Execute;
  readonly deciderOf: (commands: string) => AnyDecider;
  /** The place at which each policy began, by name. */
  readonly begins: ReadonlyMap<string, Place>;
}

/** A generation that is being filled runs no policies, and goes no further than the one that is live. */
export interface Filling {
  /** How far; asked once the checkpoint is held. */
  readonly upTo: (client: ClientBase) => Promise<Place>;
  /** More to do in the same transaction; true where it went live. */
  readonly finish: (client: ClientBase, to: Place) => Promise<boolean>;
}

/** How far one batch goes. */
export interface Bounds {
  /** How many entries at most. */
  readonly limit: number;
  /** What the batch before read ahead. */
  readonly ahead?: Ahead | undefined;
  readonly filling?: Filling | undefined;
}

/** What a batch did. */
export interface Outcome extends CarriedOut {
  /** Whose checkpoints moved from `from` to `to`. */
  readonly moved: readonly Projection[];
  readonly from: Place;
  readonly to: Place;
  /** May there be more at once? */
  readonly more: boolean;
  /** What was read ahead for the next batch. */
  readonly ahead: Ahead | undefined;
  /** Where the checkpoints that could be had stood at first; others are held elsewhere, or gone. */
  readonly places: ReadonlyMap<Projection, Place>;
  /** Timed commands written. */
  readonly timers: number;
  /** Did the generation that was being filled go live? */
  readonly swapped: boolean;
  /** Received records of a named type that could not be read, and were passed over. */
  readonly unreadable: number;
  /** Why it read no further though there is more. */
  readonly stuck: string | undefined;
  /** What was folded. */
  readonly events: readonly Recorded[];
  /** When it began, by `performance.now()`. */
  readonly began: number;
}

const nothing = {
  ...{ from: beginning, to: beginning, moved: [], then: 0, rejected: 0, timers: 0, swapped: false, unreadable: 0 },
  ...{ more: false, ahead: undefined, stuck: undefined, events: [], began: 0 },
};

const isAfter = (event: Recorded, { position, seq }: Place): boolean => (event.seq === 0 ? event.position > position : event.seq > seq);

/** Waits for all; of several failures the one that is to blame, since in a failed transaction the others fail as well. */
const together = async (writes: readonly Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(writes)).flatMap((it) => (it.status === 'rejected' ? [it.reason as Error] : []));
  const [first] = failed;
  if (first) throw failed.find((it) => it instanceof ViewFault) ?? first;
};

/** Rows, timers and checkpoints go out together; the commit with them, unless there is more to do first. */
const commit = async (
  client: ClientBase,
  done: readonly Work[],
  to: Place,
  filling: Filling | undefined,
): Promise<Pick<Outcome, 'timers' | 'swapped'>> => {
  const later = done.flatMap((it) => it.wishes.filter(({ at }) => at));
  const moved = done.map((it) => it.projection);
  const writes = (): Promise<unknown>[] => [...done.map((it) => write(client, it)), writeTimers(client, later), moveTo(client, moved, to)];
  let swapped = false;
  if (filling) {
    await together(packed(client, writes));
    swapped = await filling.finish(client, to);
    await client.query('commit');
  } else await together(packed(client, () => [...writes(), client.query('commit')]));
  for (const it of done) remember(it, to);
  return { timers: later.length, swapped };
};

/** What a page does to the views that stand before it. */
const foldPage = async (client: ClientBase, group: readonly Projection[], page: Page, { filling }: Bounds, around: Surroundings) => {
  const reacts = (policy: string, event: Recorded): boolean => !filling && isAfter(event, around.begins.get(policy) ?? beginning);
  const done = await Promise.all(group.map((it) => work(client, it, page.events, reacts)));
  // Answered before the checkpoint moves: the other way round a crash between the two would lose them.
  const now = done.flatMap((it) => it.wishes.filter(({ at }) => !at));
  const carriedOut = now.length > 0 ? await carryOut(now, around.execute, around.deciderOf) : nothing;
  return { then: carriedOut.then, rejected: carriedOut.rejected, ...(await commit(client, done, page.to, filling)) };
};

const through = async (client: ClientBase, projections: readonly Projection[], bounds: Bounds, around: Surroundings): Promise<Outcome> => {
  const { limit, filling, ahead } = bounds;
  const began = performance.now();
  const reading = { ...around, limit, types: [...new Set(projections.flatMap((it) => [...it.types]))] };
  const { places, group, page } = await take(client, projections, { ...reading, upTo: filling?.upTo, ahead });
  if (!page || (samePlace(page.from, page.to) && !filling)) {
    await client.query('commit');
    return { ...nothing, ...page, places };
  }
  const next = page.full && !page.stuck ? readAhead(around.pool, page.to, reading) : undefined;
  const done = await foldPage(client, group, page, bounds, around);
  return { ...page, ...done, began, places, moved: group, more: page.more || group.length < places.size, ahead: next };
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
