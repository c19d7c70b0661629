import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Trouble } from './trouble.ts';

const root = join(import.meta.dirname, '..');

const node = (...args: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Trouble(`\`node ${args.join(' ')}\` failed; its words stand above.`);
};

/** Derives types and documents from proto/; does nothing where they are up to date. */
export const generate = (): void => node('scripts/generate.ts');

/** Compiles what changed. */
export const compile = (): void => node('node_modules/@typescript/native/bin/tsc', '-b');
