import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Trouble } from './trouble.ts';

const root = join(import.meta.dirname, '..');

const node = async (...args: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((done, failed) => child.once('error', failed).once('exit', done));
  if (code !== 0) throw new Trouble(`\`node ${args.join(' ')}\` failed; its words stand above.`);
};

/** Derives types and documents from proto/; does nothing where they are up to date. */
export const generate = (): Promise<void> => node('scripts/generate.ts');

/** Compiles what changed. */
export const compile = (): Promise<void> => node('node_modules/@typescript/native/bin/tsc', '-b');
