import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type CryptoKey, type FlattenedJWSInput } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keySet } from './keys.js';
import { serviceToken } from './service.token.js';

const nothing: FlattenedJWSInput = { payload: '', signature: '' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guanxi-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a key set in a file', () => {
  let file: string;
  let at: number;
  const keys: Record<string, CryptoKey> = {};
  const write = async (...kids: string[]): Promise<void> => {
    for (const kid of kids) keys[kid] ??= (await generateKeyPair('ES256', { extractable: true })).publicKey;
    const set = await Promise.all(kids.map(async (kid) => ({ ...(await exportJWK(keys[kid] as CryptoKey)), kid, alg: 'ES256' })));
    await writeFile(file, JSON.stringify({ keys: set }));
  };
  const find = (source: ReturnType<typeof keySet>, kid: string) => source({ alg: 'ES256', kid }, nothing);
  beforeEach(() => {
    file = join(folder, 'jwks.json');
    at = 0;
  });

  it('finds a new key when it is asked for, at most every 30 s', async () => {
    await write('a');
    const source = keySet(file, () => at);
    await find(source, 'a');
    await write('a', 'b');
    at = 29_000;
    await expect(find(source, 'b')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    at = 31_000;
    await expect(find(source, 'b')).resolves.toBeDefined();
  });
  it('forgets a key that was taken out within 10 minutes', async () => {
    await write('a', 'b');
    const source = keySet(file, () => at);
    await find(source, 'b');
    await write('a');
    at = 601_000;
    await expect(find(source, 'b')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
  it('that cannot be read or is none says so, and is tried again', async () => {
    const source = keySet(file, () => at);
    await expect(find(source, 'a')).rejects.toMatchObject({ name: 'KeysUnavailable' });
    await writeFile(file, '{"keys":');
    await expect(find(source, 'a')).rejects.toMatchObject({ name: 'KeysUnavailable' });
    await write('a');
    await expect(find(source, 'a')).resolves.toBeDefined();
  });
  it('over https that nobody answers says so', async () => {
    await expect(find(keySet('https://127.0.0.1:1/jwks.json'), 'a')).rejects.toMatchObject({ name: 'KeysUnavailable' });
  });
});

describe('the token of a service', () => {
  it('is read again when its file changed, looked at every 5 s', async () => {
    let at = 0;
    const file = join(folder, 'token');
    await writeFile(file, 'one\n');
    const token = serviceToken(file, () => at);
    expect(await token()).toBe('Bearer one');
    await writeFile(file, 'two\n');
    await utimes(file, 2, 2);
    expect(await token()).toBe('Bearer one');
    at = 6_000;
    expect(await token()).toBe('Bearer two');
  });
});
