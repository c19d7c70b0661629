import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createFileRegistry, fromBinary, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The repository's root: tests run there. */
export const root = process.cwd();

/** Runs buf; answers its exit code and everything that it said. */
export const buf = (cwd: string, ...args: string[]): { code: number | null; said: string } => {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout, stderr } = spawnSync('buf', args, { cwd, env, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
};

/**
 * Gives `use` a copy of the contracts in a folder of its own, with some files written anew: path below proto/ → text, or the old
 * text → the new one.
 */
export const withContracts = <T>(files: Record<string, string | ((old: string) => string)>, use: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-contracts-'));
  try {
    cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
    cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, 'proto', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof text === 'string' ? text : text(readFileSync(file, 'utf8')));
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Descriptors of the contracts as `withContracts` alters them. */
export const compile = (files: Record<string, string | ((old: string) => string)> = {}): FileRegistry =>
  withContracts(files, (folder) => {
    const image = join(folder, 'image.binpb');
    const { code, said } = buf(folder, 'build', '-o', image);
    if (code !== 0) throw new Error(said);
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
  });
