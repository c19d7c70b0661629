import { join } from 'node:path';
import type { Door } from '@guanxi/importer/door';
import { Trouble } from './trouble.ts';
import { dataFolder, readJson, type Installation } from './up/data-folder.ts';
import { signToken } from './up/issuer.ts';
import { roleNames } from './up/role-names.ts';
import { lastRun, runs } from './up/run-file.ts';

/** The gateway that runs on this machine's data folder, unless told otherwise; so too the token. @throws Trouble where there is none */
export const doorOf = async (subject: string, given?: string): Promise<Door> => {
  const folder = dataFolder();
  const started = lastRun(folder);
  const url = given ?? process.env.GUANXI_URL ?? (runs(started) ? started.url : undefined);
  if (url === undefined) throw new Trouble('Guanxi does not run here. Start it (npm start) or name another gateway: --url http://…');
  const token = process.env.GUANXI_TOKEN;
  if (token !== undefined) return { url, token: () => token };
  const installation = readJson<Installation>(join(folder, 'installation.json'));
  if (!installation) throw new Trouble('Put a token into GUANXI_TOKEN: there is no development issuer here.');
  const roles = await roleNames();
  return { url, token: () => signToken(folder, installation.namespace, { sub: subject, roles }) };
};
