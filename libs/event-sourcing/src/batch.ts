import type { ClientBase, Pool } from 'pg';
import { moveTo, take } from './checkpoints.js';
import { packed } from './dedicated.js';
import type { AnyDecider } from './decider.js';
import type { Recorded } from './fold.js';
import { readAhead, type Ahead, type Page, type Reading } from './page.js';
import { carryOut, isPoison, writeTimers, type CarriedOut, type Execute } from './policies.js';
import type { Fault } from './aside.js';
import { demandFew, writeParked } from './parked.js';
import { foldParking } from './parking.js';
import { forget, ViewFault, type Projection } from './projection.js';
import { remember, work, write, type Reacts, type Wished, type Work } from './projection.work.js';
import { beginning, isAfter, samePlace, type Place } from './recorded.js';

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
  /** More to do in the same transaction; true where it went live, and is committed. */
  readonly finish: (client: ClientBase, to: Place) => Promise<boolean>;
}

/** How far one batch goes. */
export interface Bounds {
  /** How many entries at most. */
  readonly limit: number;
  /** What the batch before read ahead. */
  readonly ahead?: Ahead | undefined;
  readonly filling?: Filling | undefined;
  /** After so many tries: what fails is parked, and the rest goes on. Of one projection only. */
  readonly park?: number | undefined;
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
  /** Keys that were parked. */
  readonly parked: number;
  /** Why it read no further though there is more. */
  readonly stuck: string | undefined;
  /** What was folded. */
  readonly events: readonly Recorded[];
  /** When it began, by `performance.now()`. */
  readonly began: number;
}

const nothing = {
  ...{ from: beginning, to: beginning, moved: [], then: 0, rejected: 0, timers: 0, swapped: false, unreadable: 0 },
  ...{ more: false, ahead: undefined, stuck: undefined, events: [], began: 0, parked: 0 },
};

/** Waits for all; of several failures the one that is to blame, since in a failed transaction the others fail as well. */
const together = async (writes: readonly Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(writes)).flatMap((it) => (it.status === 'rejected' ? [it.reason as Error] : []));
  const [first] = failed;
  if (first) throw failed.find((it) => it instanceof ViewFault) ?? first;
};

/** What a page came to. */
interface Folding extends CarriedOut {
  readonly done: readonly Work[];
  readonly faults: readonly Fault[];
}

/** Rows, timers and checkpoints go out together; the commit with them, unless there is more to do first. */
const commit = async (
  client: ClientBase,
  { done, faults }: Folding,
  to: Place,
  { filling, park }: Bounds,
): Promise<Pick<Outcome, 'timers' | 'swapped'>> => {
  const later = done.flatMap((it) => it.wishes.filter(({ at }) => at));
  const moved = done.map((it) => it.projection);
  const writes = (): Promise<unknown>[] => [...done.map((it) => write(client, it)), writeTimers(client, later), moveTo(client, moved, to)];
  let swapped = false;
  if (filling || faults.length > 0) {
    await together(packed(client, writes));
    for (const { projection } of done) await writeParked(client, projection.table.name, faults, park ?? 1);
    swapped = (await filling?.finish(client, to)) ?? false;
    if (!swapped) await client.query('commit');
  } else await together(packed(client, () => [...writes(), client.query('commit')]));
  for (const it of done) remember(it, to);
  return { timers: later.length, swapped };
};

/** Answered before the checkpoint moves: the other way round a crash between the two would lose them. @throws ViewFault */
const actOn = async (done: readonly Work[], { execute, deciderOf }: Surroundings): Promise<CarriedOut> => {
  const now = (wishes: readonly Wished[]): readonly Wished[] => wishes.filter(({ at }) => !at);
  const acted = await Promise.allSettled(
    done.map(async ({ projection, wishes }) =>
      carryOut(now(wishes), execute, deciderOf).catch((error: unknown) => {
        throw isPoison(error) ? new ViewFault(projection, error) : error;
      }),
    ),
  );
  const failed = acted.find((it) => it.status === 'rejected');
  if (failed) throw failed.reason as Error;
  const all = acted.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  return { then: Math.max(0, ...all.map((it) => it.then)), rejected: all.reduce((sum, it) => sum + it.rejected, 0) };
};

/** What a page does to the views that stand before it. */
const foldPage = async (client: ClientBase, group: readonly Projection[], page: Page, bounds: Bounds, around: Surroundings): Promise<Folding> => {
  const reacts: Reacts = (policy, event) => !bounds.filling && isAfter(event, around.begins.get(policy) ?? beginning);
  const [first] = group;
  if (bounds.park !== undefined && first) {
    const { execute, deciderOf } = around;
    const demand = (faults: readonly Fault[]): Promise<void> => demandFew(client, first, faults);
    const { done, ...rest } = await foldParking(client, first, page.events, { reacts, execute, deciderOf, demand });
    return { ...rest, done: [done] };
  }
  const done = await Promise.all(group.map((it) => work(client, it, page.events, reacts)));
  return { ...(await actOn(done, around)), done, faults: [] };
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
  const folding = await foldPage(client, group, page, bounds, around);
  const { then, rejected, faults } = folding;
  const committed = await commit(client, folding, page.to, bounds);
  const more = page.more || group.length < places.size;
  return { ...page, ...committed, then, rejected, parked: faults.length, began, places, moved: group, more, ahead: next };
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
