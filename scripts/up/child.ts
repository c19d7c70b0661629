import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { heapFlags } from '../heap.ts';
import type { Running } from './supervise.ts';

const root = join(import.meta.dirname, '../..');
/** A child that has not finished its work by then is ended. */
const patienceMs = 30_000;

/** Starts a service of the house as a child in our own process group, its words in a log file. */
export const startChild = async (name: string, log: string, environment: Readonly<Record<string, string>>): Promise<Running> => {
  const to = openSync(log, 'a');
  const main = join(root, 'services', name, 'dist/main.js');
  const flags = [...heapFlags, '-r', join(import.meta.dirname, 'with-parent.cjs'), '--enable-source-maps', main];
  const child = spawn(process.execPath, flags, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', to, to, 'ipc'] });
  closeSync(to);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => resolve(`ended by itself (${signal ?? `code ${code}`}), its words are in ${log}`));
  });
  await new Promise((resolve) => child.once('spawn', resolve).once('error', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, ended, stop };
};
