import type { Row } from './fold.js';
import type { RowCache } from './row.cache.js';
import type { Folded } from './view.table.js';

/** How much of a generation that is being filled waits in memory until it is written. Bytes of JSON; objects take about three times as much. */
export interface FillMemory {
  readonly rows: number;
  readonly bytes: number;
}

/** The rows of a generation that is being filled, of which this process alone knows the newest. */
export interface FillRows extends RowCache {
  /** Does it know every row of the table, so that a key that it does not know has none? */
  complete(): boolean;
  /** The table holds nothing. */
  empty(): void;
  /** The table holds this row. */
  found(key: string, row: Row): void;
  /** A batch changed these. */
  put(changed: Iterable<Folded>): void;
  /** Is it time to write? */
  full(): boolean;
  /** Those that are to be written. */
  changed(): Iterable<Folded>;
  /** Does the table hold a row of this key, which a changed one replaces? */
  held(key: string): boolean;
  /** All that was changed has been written. */
  written(): void;
}

// As much of what the table holds is kept as may wait: then most events find their row here.
const heldShare = 1;
const heldAtMost = 2;
/** So many are moved at once; more would hold the event loop. */
const movable = 5_000;

/** @param memory asked each time, since views that are filled at once share it */
export const fillRows = (memory: () => FillMemory): FillRows => {
  /** What is in the table, the newest first; a key without a row is known to have none. */
  let levels: Map<string, Folded>[] = [];
  let changed = new Map<string, Folded>();
  let complete = false;
  /** Bytes of a row, the mean of those that changed last, by one sample a batch. */
  let size = 0;
  const fits = (count: number, share: number): boolean => {
    const { rows, bytes } = memory();
    return count < share * rows && count * size < share * bytes;
  };
  const count = (): number => levels.reduce((sum, it) => sum + it.size, 0);
  const drop = (): void => {
    levels = [];
    complete = false;
  };
  const known = (key: string): Folded | undefined => {
    for (const level of levels) {
      const found = level.get(key);
      if (found) return found;
    }
    return undefined;
  };
  const newest = (): Map<string, Folded> => (levels[0] ??= new Map<string, Folded>());
  return {
    complete: () => complete,
    empty: () => {
      complete = true;
    },
    get: (key) => {
      const found = changed.get(key) ?? known(key);
      if (found) return found.row ?? null;
      return complete ? null : undefined;
    },
    // A batch remembers nothing by itself here: what it changed is put.
    set: () => undefined,
    clear: () => {
      drop();
      changed = new Map();
    },
    found: (key, row) => void newest().set(key, { key, position: 0, row }),
    put: (rows) => {
      let sample: Folded | undefined;
      for (const it of rows) {
        changed.set(it.key, it);
        sample = it;
      }
      const bytes = sample?.row ? JSON.stringify(sample.row).length : size;
      size = size === 0 ? bytes : size + (bytes - size) / 16;
    },
    full: () => !fits(changed.size, 1) || !fits(count(), heldAtMost),
    changed: () => changed.values(),
    held: (key) => known(key)?.row !== undefined,
    written: () => {
      if (!fits(count() + changed.size, heldShare)) drop();
      if (changed.size > movable) levels.unshift(changed);
      else for (const it of changed.values()) newest().set(it.key, it);
      changed = new Map();
    },
  };
};
