import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../processes.ts';
import { address } from '../up/database.ts';
import { readJson } from '../up/data-folder.ts';
import { health } from '../up/ready.ts';
import { lastRun, type RunFile } from '../up/run-file.ts';

const root = join(import.meta.dirname, '../..');

/** A house of its own in a temporary folder, started as `npm start` does. */
export interface DrillHouse {
  readonly folder: string;
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: () => RunFile;
  /** A database's address, as the superuser. */
  readonly database: (name: string) => string;
  /** Waits until every part is ready again. */
  readonly untilReady: (ms?: number) => Promise<void>;
  readonly token: () => Promise<string>;
  /** Runs a script of this repository to its end; gives its exit code and what it printed. */
  readonly script: (name: string, ...args: string[]) => Promise<{ code: number | null; output: string }>;
  readonly stop: () => Promise<void>;
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

/** Starts a house and waits until it is ready. */
export const startHouse = async (): Promise<DrillHouse> => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-drill-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const env = { ...process.env, GUANXI_DATA: folder, GUANXI_PORT: String(port), GUANXI_LOG: 'warn' };
  const up = spawn(process.execPath, ['scripts/up.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const done = ended(up);
  up.stdout?.resume();
  const url = `http://127.0.0.1:${port}`;
  const untilReady = async (ms = 60_000): Promise<void> => {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
      if (up.exitCode !== null) throw new Error(`the house ended with ${up.exitCode}; its logs are in ${folder}/logs`);
      if ((await health(url))?.ready) return;
    }
    throw new Error(`not ready after ${ms / 1000} s; the logs are in ${folder}/logs`);
  };
  const script: DrillHouse['script'] = async (name, ...args) => {
    const child = spawn(process.execPath, [`scripts/${name}.ts`, ...args], { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return { code: await ended(child), output };
  };
  try {
    await untilReady();
  } catch (error) {
    // Else it would outlive this process, and keep it alive.
    up.kill('SIGTERM');
    await done;
    throw error;
  }
  const run = (): RunFile => {
    const found = lastRun(folder);
    if (!found) throw new Error('the house wrote no run.json');
    return found;
  };
  return {
    folder,
    url,
    env,
    run,
    database: (name) => address(run().postgres?.port ?? 0, 'postgres', readJson<Record<string, string>>(join(folder, 'secrets.json')) ?? {}, name),
    untilReady,
    token: async () => (await script('token')).output.trim(),
    script,
    stop: async () => {
      up.kill('SIGTERM');
      const code = await done;
      if (code !== 0) throw new Error(`the house ended with ${code}: ${readFileSync(join(folder, 'logs', 'gateway.log'), 'utf8').slice(-500)}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
