import type { At } from './aside.js';
import { FoldFault, typesOf } from './fold.js';
import { reactionsOf, type Reactions } from './reactions.js';
import type { Place } from './recorded.js';
import { rowCache, type RowCache } from './row.cache.js';
import { touched, type Touched } from './touched.js';
import { viewTable, type ViewTable } from './view.table.js';
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
  /** The checkpoint's turn for which `parked` and `discarded` are good, and the cache; undefined where nothing is known. */
  turn: number | undefined;
  /** Keys whose events are passed over, each from which one on. */
  parked: ReadonlyMap<string, At>;
  /** Events that are passed over for a key, by `discardOf`. */
  discarded: ReadonlySet<string>;
  readonly touched: Touched;
}

/** A fold, a policy or a row that PostgreSQL refuses: the view's own fault. `message` says why, without anyone's data. */
export class ViewFault extends Error {
  constructor(
    readonly projection: Projection,
    override readonly cause: unknown,
  ) {
    const { code } = cause as { code?: unknown };
    super(cause instanceof FoldFault ? cause.message : typeof code === 'string' ? `SQLSTATE ${code}` : 'a column, a key or a command threw', {
      cause,
    });
    this.name = 'ViewFault';
  }
}

// About 750 bytes a row where one takes 500 in text: up to 30 MB a view.
const remembered = 20_000;

/** A projection into one generation's table, of which this process believes nothing yet. @param rows how many it remembers at least */
export const projection = (view: AnyView, table: string, policies: readonly Policy[], rows = remembered): Projection => {
  const reactions = reactionsOf(view, policies);
  const types = new Set([...typesOf(view), ...reactions.keys()]);
  const known = { place: undefined, turn: undefined, parked: new Map(), discarded: new Set<string>() };
  return { view, table: viewTable(view, table), types, reactions, cache: rowCache(rows), touched: touched(), ...known };
};

/** Forgets what this process believes of the table. */
export const forget = (it: Projection): void => {
  it.place = undefined;
  it.turn = undefined;
  it.cache.clear();
};
