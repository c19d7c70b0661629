import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { doorOf } from './door.ts';
import { run, Trouble } from './trouble.ts';

const root = join(import.meta.dirname, '..');

await run(async () => {
  if (!existsSync(join(root, 'libs/importer/dist/import.js'))) throw new Trouble('The house is not built yet. Start once: npm start.');
  const { readArguments } = await import('@guanxi/importer/arguments');
  const { importFile } = await import('@guanxi/importer/import');
  const { ImportFault } = await import('@guanxi/importer/fault');
  const { reportOf } = await import('@guanxi/importer/report');
  try {
    const { kind, file, mapping, dryRun, enrol, refused, url } = readArguments(process.argv.slice(2));
    const door = dryRun ? undefined : await doorOf('import', url);
    const report = await importFile({ kind, file, mapping, door, enrols: enrol, refused, screen: process.stdout });
    console.log(reportOf(kind, report, { dryRun, refused }));
    return report.counts.refused ? 2 : 0;
  } catch (error) {
    throw error instanceof ImportFault ? new Trouble(error.message) : error;
  }
});
