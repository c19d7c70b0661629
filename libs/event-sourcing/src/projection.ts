import type { ClientBase } from 'pg';
import { fold, FoldFault, keysOf, typesOf, type Recorded, type Row } from './fold.js';
import { reactionsOf, wanted, type Reactions, type Wanted } from './reactions.js';
import type { Place } from './recorded.js';
import { rowCache, type RowCache } from './row.cache.js';
import { viewTable, type Folded, type ViewTable } from './view.table.js';
import type { Policy } from './policy.js';
import type { AnyView } from './view.js';

/** One generation of a view being folded by this process. */
export interface Projection {
  readonly view: AnyView;
  readonly table: ViewTable;
  /** Full names of the events that it needs the text of. */
  readonly types: ReadonlySet<string>;
  readonly reactions: Reactions;
  /** Good only while the checkpoint is exactly `place`: else another process has written rows since. */
  readonly cache: RowCache;
  /** The checkpoint that this process wrote last. */
  place: Place | undefined;
}

/** What folding a batch gave, before anything is written. */
export interface Work {
  readonly projection: Projection;
  readonly changed: ReadonlyMap<string, Folded>;
  /** The values of the upsert, where a row is written. */
  readonly values: unknown[] | undefined;
  /** Keys of rows that went. */
  readonly gone: readonly string[];
  readonly wishes: readonly Wanted[];
}

/** A fold, a policy or a row that PostgreSQL refuses: the view's own fault. `message` says why, without anyone's data. */
export class ViewFault extends Error {
  constructor(
    readonly projection: Projection,
    override readonly cause: unknown,
  ) {
    const { code } = cause as { code?: unknown };
    super(cause instanceof FoldFault ? cause.message : typeof code === 'string' ? `SQLSTATE ${code}` : 'a column or a key threw', { cause });
    this.name = 'ViewFault';
  }
}

/** Data, integrity and size: what one value does to a statement (SQLSTATE classes). */
const refusedValue = /^(22|23|54)/;

// About 750 bytes a row where one takes 500 in text: up to 30 MB a view.
const remembered = 20_000;

/** A projection into one generation's table, of which this process believes nothing yet. @param rows how many it remembers at least */
export const projection = (view: AnyView, table: string, policies: readonly Policy[], rows = remembered): Projection => {
  const reactions = reactionsOf(view, policies);
  const types = new Set([...typesOf(view), ...reactions.keys()]);
  return { view, table: viewTable(view, table), types, reactions, cache: rowCache(rows), place: undefined };
};

/** Forgets what this process believes of the table. */
export const forget = (it: Projection): void => {
  it.place = undefined;
  it.cache.clear();
};

const load = async (client: ClientBase, { cache, table }: Projection, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Row | undefined>> => {
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

const keysOfAll = (it: Projection, events: readonly Recorded[]): ReadonlySet<string> =>
  faultless(it, () => new Set(events.flatMap((event) => keysOf(it.view, event))));

// A lost connection or a lock is nobody's fault and may pass.
const refused = (it: Projection) => (error: unknown) => {
  const { code } = error as { code?: unknown };
  throw typeof code === 'string' && refusedValue.test(code) ? new ViewFault(it, error) : error;
};

/** Tells whether a policy reacts to an event, which it does not before the place at which it began. */
export type Reacts = (policy: string, event: Recorded) => boolean;

/** Reads the rows that a batch touches and folds it in memory. @throws ViewFault */
export const work = async (client: ClientBase, it: Projection, events: readonly Recorded[], reacts: Reacts): Promise<Work> => {
  const mine = events.filter(({ type }) => it.types.has(type));
  const before = await load(client, it, keysOfAll(it, mine)).catch(refused(it));
  const wishes: Wanted[] = [];
  const saw = (event: Recorded, row: Row | undefined): void => {
    wishes.push(...wanted(it.reactions, event, row).filter(({ policy }) => reacts(policy.name, event)));
  };
  return faultless(it, () => {
    const changed = fold(it.view, before, mine, it.reactions.size > 0 ? saw : undefined);
    const kept = [...changed.values()].filter(({ row }) => row);
    const gone = [...changed.values()].filter(({ row }) => !row).map(({ key }) => key);
    return { projection: it, changed, values: kept.length > 0 ? it.table.values(kept) : undefined, gone, wishes };
  });
};

/** Writes a batch's rows: one upsert, and one delete where rows went. @throws ViewFault */
export const write = async (client: ClientBase, { projection: it, values, gone }: Work): Promise<void> => {
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
