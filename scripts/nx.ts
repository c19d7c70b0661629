import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const nx = join(root, 'node_modules/nx/dist/bin/nx.js');

/** Runs a target in all packages and remembers the results in .nx; no daemon stays behind and nothing leaves the machine. */
export const nxRun = (target: string, ...args: readonly string[]): number => {
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_CACHE_DIRECTORY: join(root, '.nx/cache'), NX_TUI: 'false' };
  return (
    spawnSync(process.execPath, [nx, 'run-many', '-t', target, '--output-style=static', ...args], { cwd: root, stdio: 'inherit', env }).status ?? 1
  );
};
