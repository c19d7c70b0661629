import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/** The issuer's keys can't be had: try later. Says nothing about the token. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the key set of the issuer cannot be read', { cause });
    this.name = 'KeysUnavailable';
  }
}

/** An unknown `kid` asks again at most once in this time. */
const cooldownMs = 30_000;
/** A set older than this is read again before it is used. */
const maxAgeMs = 600_000;

const fileKeys = (path: string, now: () => number): JWTVerifyGetKey => {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    keys = createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as Parameters<typeof createLocalJWKSet>[0]);
    readAt = now();
  };
  const fresh = (ageMs: number): Promise<void> | undefined =>
    now() - readAt < ageMs ? undefined : (reading ??= read().finally(() => (reading = undefined)));
  return async (header, token) => {
    await fresh(maxAgeMs);
    try {
      return await keys!(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || now() - readAt < cooldownMs) throw error;
      await fresh(cooldownMs);
      return keys!(header, token);
    }
  };
};

const ofToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * The issuer's public keys, from a file or an https address; cached 10 minutes, an unknown key id asks again at most every 30 s.
 * The function throws KeysUnavailable where the set can't be had.
 */
export const keySet = (source: string, now: () => number = Date.now): JWTVerifyGetKey => {
  const find = source.startsWith('https://')
    ? createRemoteJWKSet(new URL(source), { cooldownDuration: cooldownMs, cacheMaxAge: maxAgeMs, timeoutDuration: 5_000 })
    : fileKeys(source, now);
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (ofToken.some((type) => error instanceof type)) throw error;
      throw new KeysUnavailable(error);
    }
  };
};
