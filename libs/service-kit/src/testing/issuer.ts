import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { AuthOptions } from '../auth.js';

/** A token issuer for tests: its keys are a file, its tokens are good unless a test says otherwise. */
export interface Issuer {
  readonly options: AuthOptions;
  readonly key: CryptoKey;
  readonly publicKey: CryptoKey;
  /** Claims and header parameters are put over good ones; undefined takes one away. */
  token(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** As an `Authorization` header. */
  bearer(claims?: JWTPayload): Promise<string>;
}

/** Makes an issuer with one new key. */
export const testIssuer = async (): Promise<Issuer> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwks = join(await mkdtemp(join(tmpdir(), 'guanxi-keys-')), 'jwks.json');
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }] }));
  const options: AuthOptions = { issuer: 'https://issuer.test', audience: 'guanxi', jwks };
  const now = Math.floor(Date.now() / 1000);
  const good: JWTPayload = { iss: options.issuer, aud: 'guanxi', sub: 'op-1', jti: 'j-1', iat: now, exp: now + 600, roles: ['SUBSCRIBER'] };
  const token: Issuer['token'] = (claims = {}, header = {}) =>
    new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test', ...header }).sign(privateKey);
  return { options, key: privateKey, publicKey, token, bearer: async (claims) => `Bearer ${await token(claims)}` };
};
