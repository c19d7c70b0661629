import type { CompareGenerationsResponse, Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';

const width = 24;
const count = (n: string | number): string => Math.round(Number(n)).toLocaleString('en');

const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = `${Math.floor(whole / 60) % 60}:${String(whole % 60).padStart(2, '0')}`;
  return whole < 3_600 ? minutes : `${Math.floor(whole / 3_600)}:${minutes.padStart(5, '0')}`;
};

const shareOf = ({ done, total }: Generation): number => (Number(total) > 0 ? Math.min(1, Number(done) / Number(total)) : 1);

/** One line of progress: a bar, entries, rate, and how long it will still take. */
export const progressLine = (it: Generation): string => {
  const full = Math.floor(width * shareOf(it));
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  const left = typeof it.etaSeconds === 'number' ? ` · ${clock(it.etaSeconds)} left` : '';
  const percent = String(Math.floor(100 * shareOf(it))).padStart(3);
  return `${bar} ${percent} % · ${count(it.done)} of ${count(it.total)} entries · ${count(it.rate)}/s${left}`;
};

const row = (it: Generation): string[] => [
  it.view,
  `${it.generation}`,
  it.version === it.wantedVersion ? `${it.version}` : `${it.version} (this build: ${it.wantedVersion})`,
  it.state.toLowerCase(),
  `${Math.floor(100 * shareOf(it))} %`,
  count(Number(it.total) - Number(it.done)),
  it.state === 'FILLING' ? `${count(it.rate)}/s${typeof it.etaSeconds === 'number' ? `, ${clock(it.etaSeconds)} left` : ''}` : '',
  it.since?.replace('T', ' ').slice(0, 19) ?? '',
  it.reason,
];

/** All generations as a table. */
export const generationsTable = (all: readonly Generation[]): string => {
  const lines = [['view', 'generation', 'version', 'state', 'done', 'behind', 'rate', 'since (UTC)', 'reason'], ...all.map(row)];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** What a comparison found, a few rows by name. */
export const comparisonText = (it: CompareGenerationsResponse): string => {
  const counts = [`${count(it.equal)} equal`, `${count(it.different)} different`, `${count(it.missing)} missing`, `${count(it.extra)} extra`];
  const rows = it.differences.map(({ key, kind, fields }) => `  ${kind.toLowerCase().padEnd(9)}  ${key}  ${fields.join(', ')}`.trimEnd());
  const head = `Generation ${it.live} (live) and ${it.other} at position ${it.position}, received ${it.seq}: ${count(it.rows)} rows, ${counts.join(', ')}.`;
  return [head, ...rows].join('\n');
};
