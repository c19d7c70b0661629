import { generate } from './compile.ts';
import { nxRun } from './nx.ts';
import { run } from './trouble.ts';

await run(async () => {
  await generate();
  return nxRun('build', ...process.argv.slice(2));
});
