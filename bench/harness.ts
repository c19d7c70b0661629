import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, cpuOfMachine } from './processes.ts';

/** One thing to measure: `run` works for about `ms` and tells how many operations it did. */
export interface Variant {
  readonly name: string;
  readonly run: (ms: number) => Promise<{ readonly done: number; readonly latencies?: readonly number[] }>;
  /** Processes whose CPU is counted as the operation's, besides this one where `self` is not false. */
  readonly pids?: () => readonly number[];
  readonly self?: boolean;
}

/** Medians over the rounds; rates per second, times in ms, CPU in µs an operation. */
export interface Measured {
  readonly name: string;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly foreign: number;
  readonly rates: readonly number[];
  readonly p50s: readonly number[];
  readonly p99s: readonly number[];
  readonly cpus: readonly number[];
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
};

const once = async (variant: Variant, ms: number) => {
  const pids = variant.pids?.() ?? [];
  const [cpu, all, machine, start] = [cpuOf(...pids), cpuOf(process.pid, ...pids), cpuOfMachine(), performance.now()];
  const { done, latencies = [] } = await variant.run(ms);
  const seconds = (performance.now() - start) / 1000;
  const everything = cpuOf(process.pid, ...pids) - all;
  const used = variant.self === false ? cpuOf(...pids) - cpu : everything;
  // The load generator is no stranger, though its CPU is not the operation's.
  const foreign = Math.max(0, cpuOfMachine() - machine - everything) / seconds;
  return { rate: done / seconds, cpu: (used / done) * 1e6, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), foreign };
};

/**
 * Runs all variants in every round, in rotated order, and gives medians (performance.md §11: ratios of one run only).
 * A round in which strangers used more than 0.4 cores is repeated once; the calmer attempt is kept.
 */
export const interleave = async (variants: readonly Variant[], { rounds = 5, ms = 1500, warm = 500 } = {}): Promise<Measured[]> => {
  const samples = variants.map(() => [] as Awaited<ReturnType<typeof once>>[]);
  for (const variant of variants) await variant.run(warm);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < variants.length; i++) {
      const at = (i + round) % variants.length;
      const variant = variants[at];
      if (!variant) continue;
      let sample = await once(variant, ms);
      if (sample.foreign > 0.4) {
        const again = await once(variant, ms);
        if (again.foreign < sample.foreign) sample = again;
      }
      samples[at]?.push(sample);
      await sleep(50);
    }
  }
  return variants.map((variant, i) => {
    const of = (pick: (s: Awaited<ReturnType<typeof once>>) => number) => median((samples[i] ?? []).map(pick));
    return {
      name: variant.name,
      rate: of((s) => s.rate),
      p50: of((s) => s.p50),
      p99: of((s) => s.p99),
      cpu: of((s) => s.cpu),
      foreign: of((s) => s.foreign),
      rates: (samples[i] ?? []).map((s) => s.rate),
      p50s: (samples[i] ?? []).map((s) => s.p50),
      p99s: (samples[i] ?? []).map((s) => s.p99),
      cpus: (samples[i] ?? []).map((s) => s.cpu),
    };
  });
};

/** Keeps `lanes` operations in flight for `ms`. */
export const closedLoop = async (lanes: number, ms: number, op: (lane: number) => Promise<unknown>) => {
  const latencies: number[] = [];
  const end = performance.now() + ms;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let start = performance.now(); start < end; start = performance.now()) {
        await op(lane);
        latencies.push(performance.now() - start);
      }
    }),
  );
  return { done: latencies.length, latencies };
};

/** Median of the ratios of each round: what strangers do to one round they do to both sides. */
export const ratio = (a: Measured, b: Measured, of: 'rates' | 'p50s' | 'p99s' | 'cpus' = 'rates'): number =>
  median(a[of].map((it, i) => it / (b[of][i] ?? NaN)));
