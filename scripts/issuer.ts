/** A development issuer for places without an OIDC provider (deploy/compose.yaml): keys, the services' tokens and the notaries' keys, in GUANXI_DATA, until stopped. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, Trouble } from './trouble.ts';
import { dataFolder, install, readJson, type Installation } from './up/data-folder.ts';
import { issuerOf, prepareIssuer, renewServiceTokens } from './up/issuer.ts';
import { prepareNotary } from './up/notary.ts';
import { services } from './up/services.ts';

const renewedMs = 3_600_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

await run(async () => {
  const namespace = process.env.GUANXI_NAMESPACE ?? '';
  if (!uuid.test(namespace)) throw new Trouble('GUANXI_NAMESPACE must be the UUID of the installation, in lower case.');
  const folder = dataFolder();
  for (const name of ['issuer', 'tokens']) mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, 'installation.json');
  const known = existsSync(file) ? readJson<Installation>(file) : install(folder, namespace);
  if (known?.namespace !== namespace) throw new Trouble(`${folder} belongs to the installation ${known?.namespace}, not to ${namespace}.`);
  prepareIssuer(folder);
  prepareNotary(folder, services);
  const renew = (): void => renewServiceTokens(folder, namespace, [...services, 'gateway']);
  renew();
  const renewal = setInterval(renew, renewedMs);
  console.log(`The development issuer ${issuerOf(namespace)} keeps the services' tokens fresh. Ctrl-C stops it.`);
  await new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  clearInterval(renewal);
});
