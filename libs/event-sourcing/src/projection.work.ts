import type { ClientBase } from 'pg';
import { isAside, type Aside } from './aside.js';
import { fold, FoldFault, keysOf, type Recorded, type Row } from './fold.js';
import { ViewFault, type Projection } from './projection.js';
import { wanted, type Wanted } from './reactions.js';
import type { Place } from './recorded.js';
import type { Folded } from './view.table.js';

/** A policy's wish, and because of which row and event. */
export interface Wished extends Wanted {
  /** Empty where the event names no row. */
  readonly key: string;
  readonly because: Recorded;
}

/** What folding a batch gave, before anything is written. */
export interface Work {
  readonly projection: Projection;
  readonly changed: ReadonlyMap<string, Folded>;
  /** The values of the upsert, where a row is written. */
  readonly values: unknown[] | undefined;
  /** Keys of rows that went. */
  readonly gone: readonly string[];
  readonly wishes: readonly Wished[];
}

/** Data, integrity and size: what one value does to a statement (SQLSTATE classes). */
const refusedValue = /^(22|23|54)/;

/** Rows as they stand, by key. */
export const load = async (
  client: ClientBase,
  { cache, table }: Projection,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Row | undefined>> => {
  const rows = new Map<string, Row | undefined>();
  const unknown: string[] = [];
  for (const key of keys) {
    // One question a key: what the cache knew a moment ago it may have forgotten since.
    const known = cache.get(key);
    if (known === undefined) unknown.push(key);
    else if (known) rows.set(key, known);
  }
  if (unknown.length === 0) return rows;
  const found = await client.query<[string, string]>({ ...table.load, rowMode: 'array', values: [table.keys(unknown)] });
  for (const [key, row] of found.rows) rows.set(key, JSON.parse(row) as Row);
  return rows;
};

const faultless = <T>(it: Projection, step: () => T): T => {
  try {
    return step();
  } catch (error) {
    throw new ViewFault(it, error);
  }
};

/** Keys of an event's rows. @throws ViewFault where the event does not even tell them */
export const rowsOfEvent = (it: Projection, event: Recorded): string[] => {
  try {
    return keysOf(it.view, event);
  } catch (error) {
    throw new ViewFault(it, new FoldFault(event, error));
  }
};

const keysOfAll = (it: Projection, events: readonly Recorded[], aside: Aside | undefined): ReadonlySet<string> => {
  const keys = new Set<string>();
  for (const event of events) for (const key of rowsOfEvent(it, event)) if (!isAside(aside, key, event)) keys.add(key);
  it.touched.add(keys);
  return keys;
};

/** Does PostgreSQL refuse the value itself? A lost connection or a lock is nobody's fault and may pass. */
export const isRefusal = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && refusedValue.test(code);
};

// A key that is no UUID and should be throws a TypeError before anything is sent.
const refused = (it: Projection) => (error: unknown) => {
  throw isRefusal(error) || error instanceof TypeError ? new ViewFault(it, error) : error;
};

/** Tells whether a policy reacts to an event, which it does not before the place at which it began. */
export type Reacts = (policy: string, event: Recorded) => boolean;

/** What a projection passes over by itself; undefined is nothing, and costs nothing. */
export const asideOf = ({ parked, discarded }: Projection): Aside | undefined =>
  parked.size > 0 || discarded.size > 0 ? { parked, discarded } : undefined;

/** What the upsert and the delete of changed rows need. @throws whatever a column throws */
export const written = (it: Projection, changed: ReadonlyMap<string, Folded>): Pick<Work, 'values' | 'gone'> => {
  const kept = [...changed.values()].filter(({ row }) => row);
  const gone = [...changed.values()].filter(({ row }) => !row).map(({ key }) => key);
  return { values: kept.length > 0 ? it.table.values(kept) : undefined, gone };
};

/** Folds a batch in memory over the rows that it touches: what changed, and what policies want. @throws ViewFault */
export const folded = async (
  client: ClientBase,
  it: Projection,
  events: readonly Recorded[],
  reacts: Reacts,
  aside = asideOf(it),
): Promise<Pick<Work, 'changed' | 'wishes'>> => {
  const mine = events.filter(({ type }) => it.types.has(type));
  const before = await load(client, it, keysOfAll(it, mine, aside)).catch(refused(it));
  const wishes: Wished[] = [];
  const saw = (event: Recorded, row: Row | undefined, key = ''): void => {
    for (const wish of wanted(it.reactions, event, row)) if (reacts(wish.policy.name, event)) wishes.push({ ...wish, key, because: event });
  };
  return faultless(it, () => ({ changed: fold(it.view, before, mine, it.reactions.size > 0 ? saw : undefined, aside), wishes }));
};

/** Reads the rows that a batch touches and folds it in memory. @throws ViewFault */
export const work = async (client: ClientBase, it: Projection, events: readonly Recorded[], reacts: Reacts, aside = asideOf(it)): Promise<Work> => {
  const { changed, wishes } = await folded(client, it, events, reacts, aside);
  return faultless(it, () => ({ projection: it, changed, ...written(it, changed), wishes }));
};

/** Writes a batch's rows: one upsert, and one delete where rows went. @throws ViewFault */
export const write = async (client: ClientBase, { projection: it, values, gone }: Pick<Work, 'projection' | 'values' | 'gone'>): Promise<void> => {
  const { upsert, remove } = it.table;
  await Promise.all([values && client.query({ ...upsert, values }), gone.length > 0 && client.query({ ...remove, values: [gone] })]).catch(
    refused(it),
  );
};

/** What a committed batch leaves in this process. */
export const remember = ({ projection: it, changed }: Work, place: Place): void => {
  for (const { key, row } of changed.values()) it.cache.set(key, row ?? null);
  it.place = place;
};
