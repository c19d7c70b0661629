// Looked up once: a global costs much in Jest's vm, and chance is asked millions of times.
const { floor, imul } = Math;

/** Chance from a seed (mulberry32): the same seed, the same run. */
export interface Chance {
  /** An integer from 0 to n − 1. */
  below(n: number): number;
  /** True in p of all cases. */
  maybe(p: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
}

/** The chance of one seed. */
export const chance = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => floor(next() * n);
  return { below, maybe: (p) => next() < p, pick: (from) => from[below(from.length)] };
};
