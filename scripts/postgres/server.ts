import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Trouble } from '../trouble.ts';
import { asServer, binaries } from './binaries.ts';

export interface Server {
  readonly port: number;
  readonly pid: number;
  /** Ends when the server has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Fast shutdown: open transactions are rolled back, a checkpoint is written. */
  stop(): Promise<void>;
}

export type Settings = Readonly<Record<string, string | number>>;

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const words = (child: ChildProcess, keep = 4000): (() => string) => {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-keep)));
  return () => text.trim();
};

/** Makes a cluster in `folder`, which must not be there; superuser `postgres` with that password, or trusted without one. */
export const makeCluster = async (folder: string, password?: string): Promise<void> => {
  const { initdb } = await binaries();
  const owner = asServer();
  mkdirSync(folder, { mode: 0o700 });
  const secret = `${folder}.password`;
  if (password) writeFileSync(secret, password, { mode: 0o600 });
  if (owner.uid && owner.gid) for (const path of password ? [folder, secret] : [folder]) chownSync(path, owner.uid, owner.gid);
  const auth = password ? ['--auth=scram-sha-256', `--pwfile=${secret}`] : ['--auth=trust'];
  const flags = ['--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions', ...auth];
  const child = spawn(initdb, [`--pgdata=${folder}`, ...flags], {
    ...owner,
    cwd: dirname(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = words(child);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  rmSync(secret, { force: true });
  if (code !== 0) throw new Trouble(`PostgreSQL could not make its folder ${folder}: ${said()}`);
  chmodSync(folder, 0o700);
};

/** Starts PostgreSQL on loopback, in a process group of its own: a Ctrl-C must not reach it before its clients. */
export const startServer = async (folder: string, port: number, settings: Settings = {}): Promise<Server> => {
  const { postgres } = await binaries();
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', folder, ...flags], { ...asServer(), cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said = words(child);
  const ended = new Promise<string>((resolve) => child.once('error', (e) => resolve(e.message)).once('close', () => resolve(said())));
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', () => said().includes('ready to accept connections') && resolve());
    void ended.then((last) => reject(new Trouble(`PostgreSQL did not start in ${join(folder)}: ${last}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  return { port, pid: child.pid ?? 0, ended, stop };
};
