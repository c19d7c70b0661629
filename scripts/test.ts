import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generate } from './compile.ts';
import { run } from './trouble.ts';

await run(async () => {
  await generate();
  const flags = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const cwd = join(import.meta.dirname, '..');
  return spawnSync(process.execPath, [...flags, ...process.argv.slice(2)], { cwd, stdio: 'inherit' }).status ?? 1;
});
