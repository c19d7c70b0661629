import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, Trouble } from './trouble.ts';
import { dataFolder, readJson, type Installation } from './up/data-folder.ts';
import { signToken } from './up/issuer.ts';
import { roleNames } from './up/role-names.ts';
import { lastRun, runs } from './up/run-file.ts';

const root = join(import.meta.dirname, '..');

/** The gateway that runs on this machine's data folder, unless told otherwise; so too the token. */
const doorOf = async (given: string | undefined) => {
  const folder = dataFolder();
  const started = lastRun(folder);
  const url = given ?? process.env.GUANXI_URL ?? (runs(started) ? started.url : undefined);
  if (url === undefined) throw new Trouble('Guanxi does not run here. Start it (npm start) or name another gateway: --url http://…');
  const token = process.env.GUANXI_TOKEN;
  if (token !== undefined) return { url, token: () => token };
  const installation = readJson<Installation>(join(folder, 'installation.json'));
  if (!installation) throw new Trouble('Put a token into GUANXI_TOKEN: there is no development issuer here.');
  const roles = await roleNames();
  return { url, token: () => signToken(folder, installation.namespace, { sub: 'import', roles }) };
};

await run(async () => {
  if (!existsSync(join(root, 'libs/importer/dist/import.js'))) throw new Trouble('The house is not built yet. Start once: npm start.');
  const { readArguments } = await import('@guanxi/importer/arguments');
  const { importFile } = await import('@guanxi/importer/import');
  const { ImportFault } = await import('@guanxi/importer/fault');
  const { reportOf } = await import('@guanxi/importer/report');
  try {
    const { kind, file, mapping, dryRun, refused, url } = readArguments(process.argv.slice(2));
    const door = dryRun ? undefined : await doorOf(url);
    const report = await importFile({ kind, file, mapping, door, refused, screen: process.stdout });
    console.log(reportOf(kind, report, { dryRun, refused }));
    return report.counts.refused ? 2 : 0;
  } catch (error) {
    throw error instanceof ImportFault ? new Trouble(error.message) : error;
  }
});
