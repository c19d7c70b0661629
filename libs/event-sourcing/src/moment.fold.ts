import type { ClientBase, Pool } from 'pg';
import type { Aside, At } from './aside.js';
import type { Recorded } from './fold.js';
import { interpret, type Contracts, type ReadRecordText } from './interpret.js';
import { entriesOf } from './moment.customer.js';
import { readPage } from './page.js';
import { discardedIn } from './parked.js';
import { projection, remember, work, write, type Projection } from './projection.js';
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

/** As the live view does: what somebody discarded is passed over, and a key from the event on that cannot be folded. */
const leniently = (discarded: ReadonlySet<string>): Aside => {
  const parked = new Map<string, At>();
  return { parked, discarded, park: ({ key, event }) => void parked.set(key, event) };
};

/**
 * Makes tables that are named like the views' read tables and hold their rows as of a moment, in the first schema of the
 * connection's search path: there it must be `pg_temp`. Folds as the projector does, with as little in memory.
 * @throws Rejection newer-history; ViewFault
 */
export const foldMoment = async (client: ClientBase, views: readonly AnyView[], it: MomentFold): Promise<void> => {
  const projections = views.map((view) => projection(view, view.options.table, []));
  for (const { view, table } of projections) await client.query(createTable(view, table.name));
  const asides = new Map<Projection, Aside>();
  for (const one of projections) asides.set(one, leniently(await discardedIn(it.pool, one.view.options.table)));
  const types = [...new Set(projections.flatMap((one) => [...one.types]))];
  const pages = it.customer === undefined ? wholeOrder(it, types) : ofCustomer(client, it, types, it.customer);
  for await (const events of pages) {
    if (it.stopping.aborted) return;
    for (const one of projections) {
      const done = await work(client, one, events, never, asides.get(one));
      await write(client, done);
      remember(done, it.place);
    }
  }
  // Nothing else looks at tables of a connection's own, and a plan for an empty table is a bad one.
  for (const { table } of projections) await client.query(`analyze ${table.name}`);
};
