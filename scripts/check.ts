import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { generate } from './compile.ts';
import { nxRun } from './nx.ts';
import { run } from './trouble.ts';

const root = join(import.meta.dirname, '..');
/** dependency-cruiser passes with zero modules where it cannot read TypeScript; this many there are at least. */
const fewestModules = 450;

const tool = (name: string, ...args: readonly string[]): boolean =>
  spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' }).status === 0;

const imports = (): boolean => {
  const folders = ['libs', 'services'].map((it) => `${it}/*/src`).join(' ');
  const command = `node_modules/.bin/depcruise --config .dependency-cruiser.mjs ${folders} scripts test bench`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  console.log((stdout + stderr).trim());
  const seen = Number(/(\d+) modules/.exec(stdout + stderr)?.[1] ?? 0);
  if (seen < fewestModules) console.error(`Only ${seen} modules were seen; there are at least ${fewestModules}.`);
  return status === 0 && seen >= fewestModules;
};

const checks: Readonly<Record<string, () => boolean>> = {
  'contracts: lint': () => tool('buf', 'lint'),
  'contracts: nothing breaks': () => tool('buf', 'breaking', '--against', 'proto/baseline.binpb.gz'),
  types: () => tool('tsc', '-p', 'tsconfig.check.json'),
  'lint: packages': () => nxRun('lint') === 0,
  'lint: scripts and tests': () => tool('eslint', '--max-warnings', '0', 'scripts', 'test', 'bench'),
  'who imports whom': imports,
  format: () => tool('prettier', '--check', '--log-level', 'warn', '.'),
};

await run(async () => {
  await generate();
  const failed = [];
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now();
    const good = check();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(good ? styleText('green', `✔ ${name} (${seconds} s)`) : styleText('red', `✘ ${name} (${seconds} s)`));
    if (!good) failed.push(name);
  }
  if (failed.length) console.error(`\nFailed: ${failed.join(', ')}`);
  return failed.length ? 1 : 0;
});
