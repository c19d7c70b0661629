import type { Row } from './fold.js';

/** Rows as they stand at one place of the recorded order; `undefined` says that there is none. */
export interface RowCache {
  has(key: string): boolean;
  get(key: string): Row | undefined;
  set(key: string, row: Row | undefined): void;
  clear(): void;
}

/** Keeps between `limit` and twice as many rows, those used last: two maps, the older one dropped when the younger is full. */
export const rowCache = (limit: number): RowCache => {
  let young = new Map<string, Row | undefined>();
  let old = new Map<string, Row | undefined>();
  const set = (key: string, row: Row | undefined): void => {
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(key, row);
  };
  return {
    set,
    has: (key) => young.has(key) || old.has(key),
    get: (key) => {
      if (young.has(key)) return young.get(key);
      const row = old.get(key);
      if (old.has(key)) set(key, row);
      return row;
    },
    clear: () => {
      young = new Map();
      old = new Map();
    },
  };
};
