import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { run, Trouble } from './trouble.ts';
import { dataFolder } from './up/data-folder.ts';
import { stateOf, type State } from './up/state.ts';

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} MB`);
const ago = (since: string): string => {
  const minutes = Math.floor((Date.now() - Date.parse(since)) / 60_000);
  return minutes < 60 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
};

/** Rows as text columns; numbers stand to the right. */
const table = (head: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string => {
  const lines = [head, ...rows.map((row) => row.map((cell) => `${cell ?? ''}`))];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const right = head.map((_, i) => rows.every((row) => row[i] === undefined || /^[\d.]+( MB)?$/.test(`${row[i]}`)));
  const cell = (text: string, i: number): string => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0));
  return lines.map((line) => `  ${line.map(cell).join('  ')}`.trimEnd()).join('\n');
};

const text = (state: State): string => {
  const disk = `Disk: ${state.disk.folder} ${megabytes(state.disk.size)}`;
  if (!state.running) return `Guanxi does not run.\n${disk}`;
  const { guanxi, node, postgres } = state.versions;
  return [
    `Guanxi ${guanxi} at ${state.url}: ${state.ready ? 'ready' : 'not ready'}, up ${ago(state.startedAt ?? '')} (Node ${node}, PostgreSQL ${postgres ?? 'unreachable'})`,
    table(
      ['process', 'pid', 'address', 'metrics', 'falls', 'memory'],
      state.processes.map((it) => [it.name, it.pid, it.address, it.operations ?? '', it.falls, megabytes(it.memory)]),
    ),
    table(
      ['part', 'ready', 'lag ms', 'reason'],
      state.parts.map((it) => [it.name, it.ready ? 'yes' : 'no', it.lagMs, it.reason]),
    ),
    table(
      ['database', 'events', 'parked', 'size'],
      state.databases.map((it) => [it.name, it.events, it.parked, megabytes(it.size)]),
    ),
    disk,
  ].join('\n\n');
};

await run(async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
  const folder = dataFolder();
  if (!existsSync(folder)) throw new Trouble(`There is no data folder ${folder}. Start once: npm start (GUANXI_DATA names another folder).`);
  const state = await stateOf(folder);
  console.log(values.json ? JSON.stringify(state, null, 2) : text(state));
  return state.ready ? 0 : 1;
});
