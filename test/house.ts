import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFile } from '../scripts/up/run-file.ts';

const root = join(import.meta.dirname, '..');
const guarded = ['-r', './scripts/node-version.cjs'];
/** A first start also compiles, beside all the other tests. */
const patienceMs = 120_000;

/** A whole house as `npm start` makes it, in a folder of its own. */
export interface House {
  readonly folder: string;
  readonly url: string;
  readonly run: RunFile;
  /** What it has said so far. */
  readonly said: () => string;
  /** Sends a signal to the whole process group, as a terminal does. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Makes a data folder that PostgreSQL's user can enter; remove it with `removeFolder`. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-house-'));
  chmodSync(folder, 0o755);
  return folder;
};

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** What the house's scripts are run with: its folder, any free port. */
export const environment = (folder: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { ...env, GUANXI_DATA: folder, GUANXI_PORT: '0', ...more };
};

/** Runs `npm start`'s own command line, without npm. */
export const launch = (folder: string, env?: NodeJS.ProcessEnv, args: readonly string[] = []) => {
  const child = spawn(process.execPath, [...guarded, 'scripts/up.ts', ...args], { cwd: root, env: environment(folder, env), detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { pid: child.pid ?? 0, said: () => text, ended };
};

/** Starts a house and waits until it is ready; one that does not get ready is stopped. */
export const startHouse = async (folder: string, env?: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<House> => {
  const { pid, said, ended } = launch(folder, env, args);
  let over = false;
  void ended.then(() => (over = true));
  const file = join(folder, 'run.json');
  for (const end = Date.now() + patienceMs; Date.now() < end && !over; await sleep(50)) {
    const run = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunFile) : undefined;
    if (run?.pid === pid && run.ready) return { folder, url: run.url, run, said, ended, signal: (signal) => process.kill(-pid, signal) };
  }
  // Else it would outlive this process, and keep it alive.
  if (!over) process.kill(-pid, 'SIGTERM');
  await ended;
  throw new Error(`The house did not get ready: ${said()}`);
};

/** Runs a script of the house (`token`, `status`, `import`) on a data folder. */
export const script = (folder: string, name: string, ...args: readonly string[]): { code: number | null; out: string; err: string } => {
  const run = spawnSync(process.execPath, [...guarded, `scripts/${name}.ts`, ...args], { cwd: root, env: environment(folder), encoding: 'utf8' });
  return { code: run.status, out: run.stdout, err: run.stderr };
};
