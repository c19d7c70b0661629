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
  /** What is to be written: of keys that the table does not hold, of those that it does, and keys that it shall not hold any more. */
  dirty(): { readonly fresh: readonly Folded[]; readonly old: readonly Folded[]; readonly gone: readonly string[] };
  /** It has been. */
  written(): void;
}

// As much of what the table holds is kept as may wait: then most events find their row here.
const heldShare = 1;
const heldAtMost = 2;

/** @param memory asked each time, since views that are filled at once share it */
export const fillRows = (memory: () => FillMemory): FillRows => {
  const held = new Map<string, Row>();
  const changed = new Map<string, Folded>();
  let complete = false;
  /** Bytes of a row, the mean of those that changed last, by one sample a batch. */
  let size = 0;
  const fits = (count: number, share: number): boolean => {
    const { rows, bytes } = memory();
    return count < share * rows && count * size < share * bytes;
  };
  const drop = (): void => {
    held.clear();
    complete = false;
  };
  return {
    complete: () => complete,
    empty: () => {
      complete = true;
    },
    get: (key) => {
      const now = changed.get(key);
      if (now) return now.row ?? null;
      return held.get(key) ?? (complete ? null : undefined);
    },
    // A batch remembers nothing by itself here: what it changed is put.
    set: () => undefined,
    clear: () => {
      drop();
      changed.clear();
    },
    found: (key, row) => void held.set(key, row),
    put: (rows) => {
      let sample: Folded | undefined;
      for (const it of rows) {
        changed.set(it.key, it);
        sample = it;
      }
      const bytes = sample?.row ? JSON.stringify(sample.row).length : size;
      size = size === 0 ? bytes : size + (bytes - size) / 16;
    },
    full: () => !fits(changed.size, 1) || !fits(held.size, heldAtMost),
    dirty: () => {
      const all = [...changed.values()];
      const [fresh, old] = [false, true].map((known) => all.filter(({ key, row }) => row && held.has(key) === known)) as [Folded[], Folded[]];
      return { fresh, old, gone: all.filter(({ key, row }) => !row && held.has(key)).map(({ key }) => key) };
    },
    written: () => {
      if (!fits(held.size + changed.size, heldShare)) drop();
      for (const { key, row } of changed.values())
        if (row) held.set(key, row);
        else held.delete(key);
      changed.clear();
    },
  };
};
