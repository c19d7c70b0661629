import { createPrivateKey, generateKeyPairSync, hash, randomUUID, sign, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Trouble } from '../trouble.ts';
import { replaceFile } from './data-folder.ts';

const lifetimeS = 24 * 3600;

/** What the bearer of a token is and may do. */
export interface Claims {
  readonly sub: string;
  readonly kind?: 'OPERATOR' | 'SYSTEM';
  readonly roles: readonly string[];
}

export const issuerOf = (namespace: string): string => `urn:guanxi:development:${namespace}`;

/** The issuer's public keys, a JWKS file. */
export const jwksFile = (folder: string): string => join(folder, 'issuer/jwks.json');

const privateFile = (folder: string): string => join(folder, 'issuer/private.json');

/** Makes the development issuer's key pair (ES256) where there is none. */
export const prepareIssuer = (folder: string): void => {
  if (existsSync(privateFile(folder)) && existsSync(jwksFile(folder))) return;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  // RFC 7638: the thumbprint is over exactly these members in this order.
  const kid = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
  replaceFile(privateFile(folder), JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid }), 0o600);
  replaceFile(jwksFile(folder), JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }] }));
};

const readKey = (folder: string): { key: KeyObject; kid: string } => {
  if (!existsSync(privateFile(folder)))
    throw new Trouble(`There is no issuer in ${folder} yet. Start once: npm start (GUANXI_DATA names another folder).`);
  const jwk = JSON.parse(readFileSync(privateFile(folder), 'utf8')) as { kid: string };
  return { key: createPrivateKey({ key: jwk, format: 'jwk' }), kid: jwk.kid };
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs a bearer token, valid 24 h. */
export const signToken = (folder: string, namespace: string, { sub, kind = 'OPERATOR', roles }: Claims): string => {
  const { key, kid } = readKey(folder);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuerOf(namespace), aud: 'guanxi', sub, kind, roles, segment: 'default', iat: now, exp: now + lifetimeS, jti: randomUUID() };
  const text = `${part({ alg: 'ES256', typ: 'at+jwt', kid })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};

/** Where a service finds the token of its own calls. */
export const tokenFile = (folder: string, service: string): string => join(folder, 'tokens', `${service}.jwt`);

/** Writes the tokens that services call each other with; again well before they end. */
export const renewServiceTokens = (folder: string, namespace: string, names: readonly string[]): void => {
  for (const name of names) {
    replaceFile(tokenFile(folder, name), signToken(folder, namespace, { sub: `service:${name}`, kind: 'SYSTEM', roles: ['SUBSCRIBER'] }), 0o600);
  }
};
