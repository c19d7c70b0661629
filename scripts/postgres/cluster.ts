import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { commandLine } from '../processes.ts';
import { Trouble } from '../trouble.ts';
import { asServer, binaries } from './binaries.ts';

/** The user that runs PostgreSQL must get through every folder above the data. */
const reachable = (folder: string, uid: number | undefined): void => {
  for (let path = dirname(resolve(folder)); uid; path = dirname(path)) {
    const { mode, uid: owner } = statSync(path);
    if (!(mode & 0o001) && owner !== uid) {
      throw new Trouble(
        `PostgreSQL runs as another user than root, and that user cannot enter ${path}. Open it (chmod o+x) or choose another folder.`,
      );
    }
    if (path === dirname(path)) return;
  }
};

/** Makes a cluster in `folder`, which must not be there; superuser `postgres` with that password, or trusted without one. */
export const makeCluster = async (folder: string, password?: string): Promise<void> => {
  const { initdb } = await binaries();
  const owner = asServer();
  reachable(folder, owner.uid);
  mkdirSync(folder, { mode: 0o700 });
  const secret = `${folder}.password`;
  if (password) writeFileSync(secret, password, { mode: 0o600 });
  if (owner.uid && owner.gid) for (const path of password ? [folder, secret] : [folder]) chownSync(path, owner.uid, owner.gid);
  const auth = password ? ['--auth=scram-sha-256', `--pwfile=${secret}`] : ['--auth=trust'];
  const flags = ['--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions', ...auth];
  const child = spawn(initdb, [`--pgdata=${folder}`, ...flags], { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((done, failed) => child.once('error', failed).once('close', done));
  rmSync(secret, { force: true });
  if (code !== 0) throw new Trouble(`PostgreSQL could not make its folder ${folder}: ${said.trim()}`);
};

/** What `postmaster.pid` says: who runs, or ran last, on this folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
  /** Whether that process is a PostgreSQL on this folder; ids are given again, so a living process need not be. */
  readonly runs: boolean;
}

/** Reads `postmaster.pid`; undefined where there is none. */
export const postmaster = (folder: string): Postmaster | undefined => {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const runs = commandLine(pid).includes(folder);
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').startsWith('ready'), runs };
};
