import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compile, generate } from './compile.ts';
import { run } from './trouble.ts';

await run(async () => {
  await generate();
  // Now, since end-to-end tests side by side must not compile the same files at once. Unit tests can do without.
  await compile().catch((error: Error) => console.error(`${error.message} End-to-end tests will fail.`));
  const flags = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const cwd = join(import.meta.dirname, '..');
  return spawnSync(process.execPath, [...flags, ...process.argv.slice(2)], { cwd, stdio: 'inherit' }).status ?? 1;
});
