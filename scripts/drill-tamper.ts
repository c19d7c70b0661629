import { parseArgs } from 'node:util';
import { drillTampering, type Found } from './drill/tamper.ts';
import { run } from './trouble.ts';

await run(async () => {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, runs: { type: 'string', default: '1000' } },
  });
  const runs = Number(values.runs);
  console.log(`Tamper drill, seed ${values.seed}: ${runs} bundles are tampered with, a hundred are left alone.`);
  const began = performance.now();
  const { byKind, untouched, passed, wrong } = await drillTampering(runs, 100, values.seed, (done) => {
    if (process.stdout.isTTY) process.stdout.write(`\r  ${done}`);
  });
  if (process.stdout.isTTY) console.log();
  for (const [kind, { runs: of, found, places, placed, among }] of Object.entries(byKind)) {
    const place = places ? `, in the right place ${placed} of ${places}, among ${(among / placed).toFixed(0)} events` : '';
    console.log(`  ${kind.padEnd(70)} found ${found} of ${of}${place}`);
  }
  const sum = (of: (it: Found) => number): number => Object.values(byKind).reduce((all, it) => all + of(it), 0);
  const placed = `${sum((it) => it.placed)} of ${sum((it) => it.places)} in the right place`;
  console.log(`\n${sum((it) => it.found)} of ${runs} found, ${placed}; ${passed} of ${untouched} untouched ones pass`);
  console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const it of wrong) console.error(it);
  return wrong.length ? 1 : 0;
});
