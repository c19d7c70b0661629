import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, newFolder, removeFolder, startHouse as start } from '../../test/house.ts';
import { address } from '../up/database.ts';
import { readJson } from '../up/data-folder.ts';
import { health } from '../up/ready.ts';
import { lastRun, type RunFile } from '../up/run-file.ts';

const root = join(import.meta.dirname, '../..');

/** A house of its own in a temporary folder, started as `npm start` does. */
export interface DrillHouse {
  readonly folder: string;
  readonly url: string;
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

/** Starts a house, by `npm start -- <args>`, and waits until it is ready. */
export const startHouse = async (args: readonly string[] = []): Promise<DrillHouse> => {
  const folder = newFolder();
  const env = environment(folder, { GUANXI_LOG: 'warn' });
  const { url, signal, ended: over } = await start(folder, env, args);
  let code: number | null | undefined;
  void over.then((it) => (code = it));
  // It is in a process group of its own, and does not hear the terminal.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      signal(name);
      void over.then(() => process.exit(1));
    });
  const untilReady = async (ms = 60_000): Promise<void> => {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
      if (code !== undefined) throw new Error(`the house ended with ${code}; its logs are in ${folder}/logs`);
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
  const run = (): RunFile => {
    const found = lastRun(folder);
    if (!found) throw new Error('the house wrote no run.json');
    return found;
  };
  return {
    folder,
    url,
    run,
    database: (name) => address(run().postgres?.port ?? 0, 'postgres', readJson<Record<string, string>>(join(folder, 'secrets.json')) ?? {}, name),
    untilReady,
    token: async () => (await script('token')).output.trim(),
    script,
    stop: async () => {
      signal('SIGTERM');
      if ((await over) !== 0)
        throw new Error(`the house ended with ${code}: ${readFileSync(join(folder, 'logs', 'gateway.log'), 'utf8').slice(-500)}`);
      removeFolder(folder);
    },
  };
};
