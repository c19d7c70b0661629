import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { rawKey, signerOf, type Signer, type VerifierKey } from './note.js';

/** A notary's keys. */
export interface NotaryKeys {
  /** Those that sign, in the order of their file. */
  readonly signers: readonly Signer[];
  /** All, also those that only signed earlier checkpoints. */
  readonly verifiers: readonly VerifierKey[];
}

const pem = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

const ofPem = (text: string): KeyObject[] =>
  [...text.matchAll(pem)].map(([block, kind]) => (kind === 'PUBLIC KEY' ? createPublicKey(block) : createPrivateKey(block)));

const ofJwk = (text: string): KeyObject[] => {
  const parsed = JSON.parse(text) as JsonWebKey & { keys?: JsonWebKey[] };
  return (parsed.keys ?? [parsed]).map((key) =>
    key.d === undefined ? createPublicKey({ key, format: 'jwk' }) : createPrivateKey({ key, format: 'jwk' }),
  );
};

/** The name under which a service signs. */
export const notaryName = (service: string): string => `guanxi/${service}`;

/**
 * Reads the text of a key file: PEM blocks, a JWK or a set of them; Ed25519. Private keys sign, all of them: while one replaces
 * another both stand there. A public key stands for one that signs no more.
 * @throws Error where there is no private key, or one of another kind; it never quotes the file
 */
export const readNotaryKeys = (text: string, service: string): NotaryKeys => {
  const name = notaryName(service);
  let keys: KeyObject[];
  try {
    keys = text.trimStart().startsWith('{') ? ofJwk(text) : ofPem(text);
  } catch {
    throw new Error('the notary’s keys cannot be read: PEM blocks or JWKs are wanted');
  }
  const signers = keys.filter((it) => it.type === 'private').map((it) => signerOf(name, it));
  if (signers.length === 0) throw new Error('there is no private key among the notary’s keys');
  return { signers, verifiers: keys.map((it) => ({ name, key: rawKey(it) })) };
};
