import { hash } from 'node:crypto';

/** Chance that is the same for the same seed. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in so many cases of a hundred. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** So many different ones, in the list's order. */
  some<T>(list: readonly T[], many: number): T[];
}

/** mulberry32: small, quick and good enough for a demo; never for secrets. */
export const randomOf = (seed: string): Random => {
  let state = Number.parseInt(hash('sha256', seed).slice(0, 8), 16);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const some = <T>(list: readonly T[], many: number): T[] => {
    const left = [...list.keys()];
    const taken = Array.from({ length: Math.min(many, list.length) }, () => left.splice(whole(0, left.length - 1), 1)[0]!);
    return taken.sort((a, b) => a - b).map((at) => list[at]!);
  };
  return { whole, chance: (percent) => next() * 100 < percent, pick, some };
};
