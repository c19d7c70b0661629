import type { Folded } from './loader.js';

/** Folded streams of this process, the least lately used forgotten first. A stale one does no harm: its append is refused. */
export interface States {
  get(id: string): Folded | undefined;
  set(id: string, folded: Folded): void;
  delete(id: string): void;
}

/** A memory for `most` streams. */
export const states = (most: number): States => {
  const kept = new Map<string, Folded>();
  return {
    get: (id) => {
      const found = kept.get(id);
      if (!found) return undefined;
      kept.delete(id);
      kept.set(id, found);
      return found;
    },
    set: (id, folded) => {
      kept.delete(id);
      kept.set(id, folded);
      if (kept.size > most) kept.delete(kept.keys().next().value as string);
    },
    delete: (id) => void kept.delete(id),
  };
};
