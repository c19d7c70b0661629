import type { Measured } from './harness.ts';

/** A figure against its goal (performance.md §11). `atLeast` false: smaller is better. */
export interface Figure {
  readonly row: string;
  readonly what: string;
  readonly value: number;
  readonly gate?: number;
  readonly stretch?: number;
  readonly atLeast?: boolean;
}

const verdict = ({ value, gate, stretch, atLeast = true }: Figure): string => {
  const holds = (goal: number) => (atLeast ? value >= goal : value <= goal);
  if (gate === undefined) return '';
  if (stretch !== undefined && holds(stretch)) return 'stretch';
  return holds(gate) ? 'gate' : 'MISSED';
};

/** Prints what was measured, for people. */
export const printMeasured = (measured: readonly Measured[]): void => {
  for (const { name, rate, p50, p99, cpu, foreign } of measured) {
    const figures = [`${Math.round(rate).toLocaleString('en')}/s`.padStart(12), `${cpu.toFixed(0)} µs CPU`.padStart(13)];
    if (Number.isFinite(p50)) figures.push(`p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} ms`);
    console.log(`    ${name.padEnd(58)}${figures.join('  ')}${foreign > 0.4 ? `  (foreign ${foreign.toFixed(1)} cores)` : ''}`);
  }
};

export const printFigures = (figures: readonly Figure[]): void => {
  for (const figure of figures) {
    const sign = figure.atLeast === false ? '≤' : '≥';
    const goal =
      figure.gate === undefined ? '' : `(gate ${sign} ${figure.gate}${figure.stretch === undefined ? '' : `, stretch ${sign} ${figure.stretch}`})`;
    console.log(`  ${figure.row.padEnd(4)} ${figure.what.padEnd(66)} ${figure.value.toFixed(2).padStart(7)}  ${goal} ${verdict(figure)}`);
  }
};

/** Did any figure miss its gate by more than the noise allows (20 %)? */
export const missed = (figures: readonly Figure[]): readonly Figure[] =>
  figures.filter(({ value, gate, atLeast = true }) => gate !== undefined && (atLeast ? value < gate * 0.8 : value > gate * 1.2));
