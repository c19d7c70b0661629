import type { ClientBase, Pool } from 'pg';
import type { Recorded } from './fold.js';
import { interpret, type Contracts, type ReadRecordText } from './interpret.js';
import { entriesOf } from './moment.customer.js';
import { readPage } from './page.js';
import { discardedIn } from './parked.js';
import { foldParking } from './parking.js';
import { projection, ViewFault, type Projection } from './projection.js';
import { remember, work, write, type Work } from './projection.work.js';
import { beginning, type Place } from './recorded.js';
import { newerHistory } from './upcast.js';
import { createTable } from './view.table.js';
import type { AnyView } from './view.js';

/** What views as of a moment are folded from. */
export interface MomentFold {
  /** Reads the recorded order. */
  readonly pool: Pool;
  readonly contracts: Contracts;
  readonly read: ReadRecordText;
  readonly place: Place;
  /** An account's id: only streams that belong to it or mention it are folded. */
  readonly customer: string | undefined;
  /** Aborted, it ends before the next page. */
  readonly stopping: AbortSignal;
}

// So many events are folded at a time that a service beside its commands never stands still for long.
const atOnce = 500;
const never = (): boolean => false;
const nobody = (): never => {
  throw new Error('no policy runs as of a moment');
};

type Types = readonly string[];

/** The recorded order up to the moment; the next page is read while one is folded. */
async function* wholeOrder({ pool, contracts, read, place }: MomentFold, types: Types): AsyncGenerator<readonly Recorded[]> {
  const pageAfter = (from: Place): ReturnType<typeof readPage> => {
    const page = readPage(pool, from, { contracts, read, types, limit: atOnce }, place);
    page.catch(() => undefined);
    return page;
  };
  for (let next = pageAfter(beginning); ;) {
    const page = await next;
    if (page.stuck !== undefined) throw newerHistory(page.stuck);
    if (page.full) next = pageAfter(page.to);
    yield page.events;
    if (!page.full) return;
  }
}

async function* ofCustomer(
  client: ClientBase,
  { contracts, read, place }: MomentFold,
  types: Types,
  id: string,
): AsyncGenerator<readonly Recorded[]> {
  const entries = await entriesOf(client, id, place, types);
  for (let n = 0; n < entries.length; n += atOnce) {
    const { events, stuck } = interpret(entries.slice(n, n + atOnce), beginning, contracts, read);
    if (stuck !== undefined) throw newerHistory(stuck);
    yield events;
  }
}

/** Folds some events; a key that cannot be folded any further keeps the row that it had, as in the live view. */
const foldSome = async (client: ClientBase, it: Projection, events: readonly Recorded[]): Promise<Work> => {
  try {
    const done = await work(client, it, events, never);
    await write(client, done);
    return done;
  } catch (error) {
    if (!(error instanceof ViewFault)) throw error;
  }
  await client.query('begin');
  const { done, faults } = await foldParking(client, it, events, { reacts: never, execute: nobody, deciderOf: nobody });
  await write(client, done);
  await client.query('commit');
  it.parked = new Map([...it.parked, ...faults.map(({ key, event }) => [key, event] as const)]);
  return done;
};

/**
 * Makes tables that are named like the views' read tables and hold their rows as of a moment, in the first schema of the
 * connection's search path: there it must be `pg_temp`. Folds as the projector does, with as little in memory.
 * @returns how many keys could not be folded up to the moment
 * @throws Rejection newer-history
 */
export const foldMoment = async (client: ClientBase, views: readonly AnyView[], it: MomentFold): Promise<number> => {
  const projections = views.map((view) => projection(view, view.options.table, []));
  for (const one of projections) {
    await client.query(createTable(one.view, one.table.name));
    one.discarded = await discardedIn(it.pool, one.table.name);
  }
  const types = [...new Set(projections.flatMap((one) => [...one.types]))];
  const pages = it.customer === undefined ? wholeOrder(it, types) : ofCustomer(client, it, types, it.customer);
  for await (const events of pages) {
    if (it.stopping.aborted) break;
    for (const one of projections) remember(await foldSome(client, one, events), it.place);
  }
  // Nothing else looks at tables of a connection's own, and a plan for an empty table is a bad one.
  for (const { table } of projections) await client.query(`analyze ${table.name}`);
  return projections.reduce((sum, { parked }) => sum + parked.size, 0);
};
