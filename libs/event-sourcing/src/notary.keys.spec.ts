import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rawKey } from './note.js';
import { readNotaryKeys } from './notary.keys.js';

const [first, second, retired] = [1, 2, 3].map(() => generateKeyPairSync('ed25519').privateKey) as [KeyObject, KeyObject, KeyObject];
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();
const jwk = (key: KeyObject): object => key.export({ format: 'jwk' });
const raw = (...keys: KeyObject[]): string[] => keys.map((it) => rawKey(it).toString('hex'));
const read = (text: string): { sign: string[]; all: string[] } => {
  const { signers, verifiers } = readNotaryKeys(text, 'accounts');
  return { sign: signers.map((it) => it.key.toString('hex')), all: verifiers.map((it) => it.key.toString('hex')) };
};

describe('the notary’s key file', () => {
  it('holds PEM blocks: private keys sign, in their order, a public one is of earlier checkpoints', () => {
    const text = `second signs soon\n${pem(first)}${pem(second)}${pem(createPublicKey(retired))}`;
    expect(read(text)).toEqual({ sign: raw(first, second), all: raw(first, second, retired) });
    expect(readNotaryKeys(text, 'accounts').signers[0]?.name).toBe('guanxi/accounts');
  });
  it('holds a JWK or a set of them', () => {
    expect(read(JSON.stringify(jwk(first)))).toEqual({ sign: raw(first), all: raw(first) });
    expect(read(JSON.stringify({ keys: [jwk(first), jwk(createPublicKey(retired))] }))).toEqual({ sign: raw(first), all: raw(first, retired) });
  });
  it.each([
    ['nothing', '', 'no private key'],
    ['public keys alone', pem(createPublicKey(first)), 'no private key'],
    ['a key of another kind', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), 'not an Ed25519 key'],
    ['half a key', pem(first).replace(/\n.{10}/, '\n'), 'cannot be read'],
    ['broken JSON', '{"kty":', 'cannot be read'],
  ])('is refused with %s, without a word of what stands in it', (_, text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });
});
