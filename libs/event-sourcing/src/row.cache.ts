import type { Row } from './fold.js';

/** Rows as they stand at one place of the recorded order. */
export interface RowCache {
  /** The row, null where it is known that there is none, undefined where nothing is known. */
  get(key: string): Row | null | undefined;
  set(key: string, row: Row | null): void;
  clear(): void;
}

/** Keeps between `limit` and twice as many rows, those used last: two maps, the older one dropped when the younger is full. */
export const rowCache = (limit: number): RowCache => {
  let young = new Map<string, Row | null>();
  let old = new Map<string, Row | null>();
  const set = (key: string, row: Row | null): void => {
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(key, row);
  };
  return {
    set,
    get: (key) => {
      const row = young.get(key);
      if (row !== undefined) return row;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    clear: () => {
      young = new Map();
      old = new Map();
    },
  };
};
