import type { ClientBase, Pool } from 'pg';
import type { Recorded } from './fold.js';
import { interpret, type Contracts, type ReadRecordText } from './interpret.js';
import { entriesOf } from './moment.customer.js';
import { readPage } from './page.js';
import { byBatches, inMemory, Unwritable } from './moment.step.js';
import { discardedIn } from './parked.js';
import { projection } from './projection.js';
import { beginning, type Place } from './recorded.js';
import { Rejection } from './rejection.js';
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

/** Makes the tables, anew where they are there, and folds all pages into them. */
const foldTables = async (client: ClientBase, views: readonly AnyView[], it: MomentFold, how: typeof inMemory): Promise<number> => {
  const projections = views.map((view) => projection(view, view.options.table, []));
  for (const { view, table } of projections) {
    await client.query(`drop table if exists ${table.name}`);
    await client.query(createTable(view, table.name));
  }
  const discarded = await Promise.all(projections.map(({ table }) => discardedIn(it.pool, table.name)));
  const types = [...new Set(projections.flatMap((one) => [...one.types]))];
  const steps = projections.map((one, n) => how(client, Object.assign(one, { discarded: discarded[n] }), projections.length));
  const pages = it.customer === undefined ? wholeOrder(it, types) : ofCustomer(client, it, types, it.customer);
  for await (const events of pages) {
    // Half a fold must not look like a whole one.
    if (it.stopping.aborted) throw new Rejection('stopping', 'unavailable', 'The service is about to stop.');
    for (const { fold } of steps) await fold(events, it.place);
  }
  for (const { end } of steps) await end();
  // Nothing else looks at tables of a connection's own, and a plan for an empty table is a bad one.
  for (const { table } of projections) await client.query(`analyze ${table.name}`);
  return projections.reduce((sum, { parked }) => sum + parked.size, 0);
};

/**
 * Makes tables that are named like the views' read tables and hold their rows as of a moment, in the first schema of the
 * connection's search path: there it must be `pg_temp`.
 * @returns how many keys could not be folded up to the moment: they keep the row that they had, as in the live view
 * @throws Rejection newer-history
 */
export const foldMoment = async (client: ClientBase, views: readonly AnyView[], it: MomentFold): Promise<number> => {
  try {
    return await foldTables(client, views, it, inMemory);
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
  }
  return foldTables(client, views, it, byBatches);
};
