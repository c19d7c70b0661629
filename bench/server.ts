import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { heapFlags } from '../scripts/heap.ts';

/** A probe's server in a process of its own. */
export interface ProbeServer {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => void;
}

/** Starts `bench/<name>.ts`, which prints its port first. */
export const startServer = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<ProbeServer> => {
  const child = spawn(process.execPath, [...heapFlags, join(import.meta.dirname, `${name}.ts`)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${first.toString().trim()}`, pid: child.pid ?? 0, stop: () => void child.kill() };
};
