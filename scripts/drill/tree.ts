import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

/** Hashes and notes by the definitions of docs/history-format.md and nothing else, slow and short: what the drill forges bundles with. */
const sha256 = (...parts: readonly (Buffer | string)[]): Buffer =>
  parts.reduce<ReturnType<typeof createHash>>((hash, it) => hash.update(it), createHash('sha256')).digest();

export const leafOf = (text: Buffer | string): Buffer => sha256(Buffer.of(0), text);
const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** The largest power of two below a size. */
const split = (size: number): number => 2 ** (Math.ceil(Math.log2(size)) - 1);

/** MTH of RFC 9162 §2.1.1. */
export const rootOf = (leaves: readonly Buffer[]): Buffer => {
  const [first] = leaves;
  if (!first) return sha256('');
  if (leaves.length === 1) return first;
  const left = split(leaves.length);
  return nodeOf(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
};

/** PATH of RFC 9162 §2.1.3.1. */
export const inclusionOf = (index: number, leaves: readonly Buffer[]): Buffer[] => {
  if (leaves.length <= 1) return [];
  const left = split(leaves.length);
  const [ours, other] = index < left ? [leaves.slice(0, left), leaves.slice(left)] : [leaves.slice(left), leaves.slice(0, left)];
  return [...inclusionOf(index < left ? index : index - left, ours), rootOf(other)];
};

/** PROOF of RFC 9162 §2.1.4.1, for sizes above 0. */
export const consistencyOf = (from: number, leaves: readonly Buffer[], whole = true): Buffer[] => {
  if (from === leaves.length) return whole ? [] : [rootOf(leaves)];
  const left = split(leaves.length);
  return from <= left
    ? [...consistencyOf(from, leaves.slice(0, left), whole), rootOf(leaves.slice(left))]
    : [...consistencyOf(from - left, leaves.slice(left), false), rootOf(leaves.slice(0, left))];
};

/** The roots of the complete subtrees, largest first. */
export const edgeOf = (leaves: readonly Buffer[]): Buffer[] => {
  if (!leaves.length) return [];
  const left = 2 ** Math.floor(Math.log2(leaves.length));
  return [rootOf(leaves.slice(0, left)), ...edgeOf(leaves.slice(left))];
};

export interface Signer {
  readonly name: string;
  readonly key: KeyObject;
  readonly id: Buffer;
  /** As it stands in keys.txt. */
  readonly verifier: string;
}

/** An Ed25519 key from its 32 secret bytes. */
export const signerOf = (name: string, seed: Buffer): Signer => {
  const key = createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]) });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const typed = Buffer.concat([Buffer.of(1), Buffer.from(x, 'base64url')]);
  const id = sha256(`${name}\n`, typed).subarray(0, 4);
  return { name, key, id, verifier: `${name}+${id.toString('hex')}+${typed.toString('base64')}` };
};

/** A checkpoint as a signed note. */
export const checkpointOf = (origin: string, size: number, root: Buffer, signers: readonly Signer[], time = '2026-11-22T08:00:00.000Z'): string => {
  const text = `${origin}\n${size}\n${root.toString('base64')}\ntime ${time}\n`;
  const signature = ({ name, id, key }: Signer) => `— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64')}\n`;
  return `${text}\n${signers.map(signature).join('')}`;
};
