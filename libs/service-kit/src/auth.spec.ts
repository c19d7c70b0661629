import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { base64url, CompactEncrypt, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { verifier, type Verify } from './auth.js';
import { testIssuer, type Issuer } from './testing/issuer.js';

const now = Math.floor(Date.now() / 1000);
const part = (value: unknown): string => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));
const claims = { iss: 'https://issuer.test', aud: 'guanxi', sub: 'op-1', jti: 'j-1', iat: now, exp: now + 600 };

describe('a bearer token', () => {
  let issuer: Issuer;
  let verify: Verify;
  beforeAll(async () => {
    issuer = await testIssuer();
    verify = verifier(issuer.options);
  });
  const signedText = async (header: string, payload: string): Promise<string> => {
    const input = `${part(header)}.${part(payload)}`;
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, issuer.key, Buffer.from(input));
    return `${input}.${base64url.encode(new Uint8Array(signature))}`;
  };
  const good = '{"alg":"ES256","typ":"at+jwt","kid":"test"}';

  it('tells subject, kind, roles and segment', async () => {
    const token = await issuer.bearer({ kind: 'SYSTEM', roles: ['AUDITOR'], segment: 'south' });
    await expect(verify(token)).resolves.toEqual({ subject: 'op-1', kind: 'SYSTEM', roles: ['AUDITOR'], segment: 'south' });
    await expect(verify(`bearer ${await issuer.token()}`)).resolves.toMatchObject({ kind: 'OPERATOR', segment: 'default' });
    await expect(verify(`Bearer ${await signedText(good, JSON.stringify(claims))}`)).resolves.toMatchObject({ roles: [] });
  });

  const hmac = (key: string | Buffer): string => {
    const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'test' })}.${part(claims)}`;
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  };
  const bare = (header: object): string => `${part(header)}.${part(claims)}.${'A'.repeat(86)}`;
  const other = async (alg: string): Promise<string> => {
    const { privateKey } = await generateKeyPair(alg);
    return new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid: 'test' }).sign(privateKey);
  };
  const stolen = async (edit: (parts: string[]) => string[]): Promise<string> => edit((await issuer.token()).split('.')).join('.');
  const withClaim = (name: string, text: string): Promise<string> =>
    signedText(good, JSON.stringify({ ...claims, [name]: 0 }).replace(`"${name}":0`, `"${name}":${text}`));

  const bad: Record<string, () => string | Promise<string>> = {
    'nothing at all': () => '',
    'no token, only words': () => 'let me in',
    'alg none': () => new UnsecuredJWT(claims).encode(),
    'alg None': () => bare({ alg: 'None', typ: 'at+jwt' }),
    'alg nOnE': () => bare({ alg: 'nOnE', typ: 'at+jwt' }),
    'alg missing': () => bare({ typ: 'at+jwt', kid: 'test' }),
    'HS256 keyed with the public key in PEM': async () => hmac(await exportSPKI(issuer.publicKey)),
    'HS256 keyed with the public key in PEM without its last newline': async () => hmac((await exportSPKI(issuer.publicKey)).trim()),
    'HS256 keyed with the public key in DER': async () => hmac(Buffer.from(await crypto.subtle.exportKey('spki', issuer.publicKey))),
    'another P-256 key under our kid': () => other('ES256'),
    'another curve': () => other('ES384'),
    RS256: () => other('RS256'),
    PS256: () => other('PS256'),
    EdDSA: () => other('EdDSA'),
    'r = s = 0': () => stolen(([h, p]) => [h!, p!, 'A'.repeat(86)]),
    'an empty signature': () => stolen(([h, p]) => [h!, p!, '']),
    'no signature': () => stolen(([h, p]) => [h!, p!]),
    'a signature spelt differently': () =>
      stolen(([h, p, s]) => [h!, p!, s!.slice(0, -1) + ({ A: 'B', Q: 'R', g: 'h', w: 'x' } as Record<string, string>)[s!.at(-1)!]]),
    'a fourth segment': () => stolen((parts) => [...parts, 'AAAA']),
    'other claims under a good signature': () => stolen(([h, , s]) => [h!, part({ ...claims, sub: 'root' }), s!]),
    'a JWE': async () =>
      new CompactEncrypt(Buffer.from('{}'))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(issuer.publicKey)
        .catch(() => 'a.b.c.d.e'),
    'a token inside a token': async () => signedText(good, JSON.stringify(await issuer.token())),
    'cty JWT': () => issuer.token({}, { cty: 'JWT' }),
    'kid with a path': () => issuer.token({}, { kid: '../../etc/passwd' }),
    'kid with SQL': () => issuer.token({}, { kid: "' or 1=1 --" }),
    'kid unknown': () => issuer.token({}, { kid: 'other' }),
    'kid of 10 KB': () => issuer.token({}, { kid: 'k'.repeat(10_240) }),
    jku: () => issuer.token({}, { jku: 'https://evil.test/jwks.json' }),
    x5u: () => issuer.token({}, { x5u: 'https://evil.test/x' }),
    x5c: () => issuer.token({}, { x5c: ['AAAA'] }),
    jwk: () => issuer.token({}, { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }),
    crit: () => signedText('{"alg":"ES256","typ":"at+jwt","kid":"test","crit":["x"],"x":1}', JSON.stringify(claims)),
    'b64 false': () => signedText('{"alg":"ES256","typ":"at+jwt","kid":"test","crit":["b64"],"b64":false}', JSON.stringify(claims)),
    zip: () => issuer.token({}, { zip: 'DEF' }),
    'alg given twice': () => signedText('{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"test"}', JSON.stringify(claims)),
    'typ missing': () => issuer.token({}, { typ: undefined }),
    'an ID token': () => issuer.token({ nonce: 'n' }, { typ: 'JWT' }),
    'iss with a slash more': () => issuer.token({ iss: 'https://issuer.test/' }),
    'iss in capitals': () => issuer.token({ iss: 'HTTPS://ISSUER.TEST' }),
    'iss with a letter that looks alike': () => issuer.token({ iss: 'https://іssuer.test' }),
    'iss missing': () => issuer.token({ iss: undefined }),
    'aud of another service': () => issuer.token({ aud: 'billing' }),
    'aud that only begins alike': () => issuer.token({ aud: 'guanxi-admin' }),
    'aud of several': () => issuer.token({ aud: ['guanxi', 'billing'] }),
    'aud missing': () => issuer.token({ aud: undefined }),
    'exp missing': () => issuer.token({ exp: undefined }),
    'exp past': () => issuer.token({ iat: now - 600, exp: now - 10 }),
    'exp with a fraction': () => withClaim('exp', `${now + 600}.5`),
    'exp as text': () => withClaim('exp', `"${now + 600}"`),
    'exp a year from now': () => issuer.token({ exp: now + 365 * 86_400 }),
    'exp before iat': () => issuer.token({ iat: now + 4, exp: now + 3 }),
    'nbf to come': () => issuer.token({ nbf: now + 60 }),
    'iat to come': () => issuer.token({ iat: now + 60 }),
    'iat missing': () => issuer.token({ iat: undefined }),
    'jti missing': () => issuer.token({ jti: undefined }),
    'sub missing': () => issuer.token({ sub: undefined }),
    'sub empty': () => issuer.token({ sub: '' }),
    'sub a list': () => withClaim('sub', '["op-1"]'),
    'sub with a line feed': () => issuer.token({ sub: 'op-1\nadmin' }),
    'sub given twice': () => signedText(good, JSON.stringify(claims).replace('{', '{"sub":"root",')),
    'roles as text': () => issuer.token({ roles: 'AUDITOR' }),
    'roles as an object': () => issuer.token({ roles: { AUDITOR: true } }),
    'roles of objects': () => issuer.token({ roles: [{ name: 'AUDITOR' }] }),
    'a kind that is none': () => issuer.token({ kind: 'ROOT' }),
    'a token of 1 MB': () => issuer.token({ filler: 'x'.repeat(1_000_000) }),
    'two tokens': async () => `${await issuer.token()} ${await issuer.token()}`,
  };
  it.each(Object.keys(bad))('is refused without a word of why: %s', async (name) => {
    await expect(verify(`Bearer ${await bad[name]!()}`)).rejects.toMatchObject({
      slug: 'unauthenticated',
      kind: 'unauthenticated',
      more: {},
      message: 'A valid bearer token is needed.',
    });
  });
  it('is refused under another scheme, and where there is none', async () => {
    await expect(verify(`Basic ${await issuer.token()}`)).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(verify(undefined)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
  it('is no longer believed when it ends, though it was checked a moment ago', async () => {
    let at = Date.now();
    const check = verifier(issuer.options, () => at);
    const token = await issuer.bearer({ exp: now + 30 });
    await check(token);
    at += 31_000;
    // jose's tolerance of 5 s is for a fresh look only.
    at += 5_000;
    await expect(check(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
  it('cannot be checked without the key set: unavailable, not unauthenticated', async () => {
    const check = verifier({ ...issuer.options, jwks: '/nowhere/jwks.json' });
    await expect(check(await issuer.bearer())).rejects.toMatchObject({ kind: 'unavailable', slug: 'keys-unavailable' });
  });
});
