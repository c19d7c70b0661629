/** Proves that a record stands in the history that a service has signed: docs/history-format.md §2, §3 and §5. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface Proof {
  readonly size: string;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** The root to which a path leads from leaf `index` of a tree of `size` leaves; undefined where it is too short or too long. */
const rootOf = (index: number, size: number, path: readonly Buffer[], leaf: Buffer): Buffer | undefined => {
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const hash = path.at(-1);
  if (!hash) return undefined;
  const left = 2 ** Math.ceil(Math.log2(size) - 1);
  const below = index < left ? rootOf(index, left, path.slice(0, -1), leaf) : rootOf(index - left, size - left, path.slice(0, -1), leaf);
  return below && (index < left ? node(below, hash) : node(hash, below));
};

/** Public keys by `<name>+<id>`, of a text of verifier keys. */
const keysIn = (text: string) =>
  new Map(
    [...text.matchAll(/^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/gm)].map(([, name = '', id = '', key = '']) => {
      const x = Buffer.from(key, 'base64').toString('base64url', 1);
      return [`${name}+${id}`, createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })];
    }),
  );

/** @param kept a file with the keys that you kept; without it the service's own are believed @throws Error where it is not proven */
export const proveRecord = async (door: (path: string) => Promise<Response>, position: number, text: string, kept?: string): Promise<string> => {
  const { size, path, checkpoint } = (await (await door(`proof?position=${position}`)).json()) as Proof;
  const end = checkpoint.indexOf('\n\n') + 1;
  const [origin = '', stated, root] = checkpoint.split('\n');
  const name = origin
    .split('/')
    .filter((_, n) => n !== 1 && n !== 3)
    .join('/');
  const keys = keysIn(kept === undefined ? await (await door('keys')).text() : readFileSync(kept, 'utf8'));
  const signed = [...checkpoint.slice(end).matchAll(/^— (\S+) (\S+)$/gm)].some(([, signer = '', signature = '']) => {
    const bytes = Buffer.from(signature, 'base64');
    const key = keys.get(`${signer}+${bytes.toString('hex', 0, 4)}`);
    return signer === name && key !== undefined && verify(null, Buffer.from(checkpoint.slice(0, end)), key, bytes.subarray(4));
  });
  if (!signed) throw new Error(`the checkpoint of size ${size} is signed by no key that is known here`);
  const leaf = sha256(Buffer.of(0), text);
  const found = rootOf(
    position - 1,
    Number(size),
    path.map((it) => Buffer.from(it, 'base64')),
    leaf,
  );
  if (stated !== size || found?.toString('base64') !== root) throw new Error(`the record of position ${position} is not the one that was signed`);
  return `position ${position} stands in the signed history of ${size} events`;
};
