import { generate } from './compile.ts';
import { nxRun } from './nx.ts';
import { run } from './trouble.ts';

await run(() => {
  generate();
  return nxRun('build', ...process.argv.slice(2));
});
