import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './data-folder.ts';

/** Where a service's notary finds its keys. A second private key written into it signs too; the first one then becomes a public key. */
export const notaryKeys = (folder: string, service: string): string => join(folder, 'notary', `${service}.pem`);

/** Makes an Ed25519 key for each service that has none. */
export const prepareNotary = (folder: string, services: readonly string[]): void => {
  mkdirSync(join(folder, 'notary'), { recursive: true });
  for (const service of services) {
    const file = notaryKeys(folder, service);
    if (!existsSync(file)) replaceFile(file, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
  }
};
