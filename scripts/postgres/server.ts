import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../trouble.ts';
import { asServer, binaries } from './binaries.ts';
import { postmaster } from './cluster.ts';

/** A running PostgreSQL. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  /** Ends when the server has ended, however. */
  readonly ended: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, a checkpoint is written. */
  stop(): Promise<void>;
}

export type Settings = Readonly<Record<string, string | number>>;

const lastWords = (log: string): string => readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');

/** Starts PostgreSQL on loopback, in a process group of its own: a Ctrl-C must not reach it before its clients. Its words go to the file `log`. */
export const startServer = async (folder: string, port: number, log: string, settings: Settings = {}): Promise<Server> => {
  const { postgres } = await binaries();
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const to = openSync(log, 'a');
  const child = spawn(postgres, ['-D', folder, ...flags], { ...asServer(), cwd: folder, stdio: ['ignore', to, to], detached: true });
  closeSync(to);
  let running = true;
  const ended = new Promise<void>((resolve) => child.once('error', resolve).once('exit', resolve)).then(() => void (running = false));
  for (let it = postmaster(folder); !(it?.pid === child.pid && it?.ready); it = postmaster(folder)) {
    if (!running) throw new Trouble(`PostgreSQL did not start in ${folder}. Its last words:\n${lastWords(log)}`);
    await sleep(15);
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  return { port, pid: child.pid ?? 0, ended, stop };
};
