import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** A public key under its name, as C2SP signed notes know it; Ed25519. */
export interface VerifierKey {
  /** No blanks, no `+`. */
  readonly name: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** A private key under its name. */
export interface Signer extends VerifierKey {
  readonly secret: KeyObject;
}

/** One signature line of a note. */
export interface Signature {
  readonly name: string;
  /** Four bytes, a hint which key it was. */
  readonly id: Buffer;
  readonly signature: Buffer;
}

/** A note taken apart. */
export interface Note {
  /** What is signed, with its last line feed. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

const ed25519 = 1;
const goodName = /^[^\s+\p{Cc}]+$/u;

/** First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ key). */
export const keyIdOf = ({ name, key }: VerifierKey): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519), key]), 'buffer').subarray(0, 4);

/** The key's text: `<name>+<id in hex>+<base64 of 0x01 ‖ key>`. */
export const verifierText = (it: VerifierKey): string =>
  `${it.name}+${keyIdOf(it).toString('hex')}+${Buffer.concat([Buffer.of(ed25519), it.key]).toString('base64')}`;

/** Base64 that says the same when printed again: one value, one text. */
const decoded = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** Reads a key's text. @throws Error where it is none, or its id is not the key's */
export const parseVerifier = (text: string): VerifierKey => {
  const [, name = '', id = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = decoded(base64);
  if (!goodName.test(name) || bytes?.length !== 33 || bytes[0] !== ed25519) throw new Error('not the text of an Ed25519 verifier key');
  const key = { name, key: bytes.subarray(1) };
  if (keyIdOf(key).toString('hex') !== id) throw new Error('the id in the verifier key is not the key’s');
  return key;
};

/** The 32 bytes of an Ed25519 key, private or public. @throws Error where it is of another kind */
export const rawKey = (key: KeyObject): Buffer => {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return Buffer.from((key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }).x as string, 'base64url');
};

/** A private key under a name. @throws Error where the key is not Ed25519, or the name has a blank or `+` */
export const signerOf = (name: string, secret: KeyObject): Signer => {
  if (!goodName.test(name)) throw new Error('a key’s name has no blanks and no +');
  return { name, key: rawKey(secret), secret };
};

// Any control character but the line feed.
const barred = /[\0-\x09\x0b-\x1f]/;

/** Signs a text, which ends with a line feed; one line a signer. */
export const signNote = (text: string, signers: readonly Signer[]): string => {
  if (!text.endsWith('\n') || barred.test(text)) throw new Error('a note is plain text that ends with a line feed');
  const line = (it: Signer): string => `— ${it.name} ${Buffer.concat([keyIdOf(it), sign(null, Buffer.from(text), it.secret)]).toString('base64')}\n`;
  return `${text}\n${signers.map(line).join('')}`;
};

const signatureOf = (line: string): Signature => {
  const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = decoded(base64);
  if (!goodName.test(name) || !bytes || bytes.length < 5) throw new Error('not a signature line');
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
};

/** Takes a note apart; its signatures are not checked. @throws Error where it is none */
export const parseNote = (note: string): Note => {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n') || barred.test(note)) throw new Error('not a signed note');
  const lines = note.slice(cut + 2, -1).split('\n');
  return { text: note.slice(0, cut + 1), signatures: lines.map(signatureOf) };
};

const prefix = Buffer.from('302a300506032b6570032100', 'hex');
const publicKeyOf = (key: Buffer): KeyObject => createPublicKey({ key: Buffer.concat([prefix, key]), format: 'der', type: 'spki' });

/** The known keys whose signatures the note bears. @throws Error where one of theirs is wrong; signatures of unknown keys count for nothing */
export const signedBy = ({ text, signatures }: Note, known: readonly VerifierKey[]): VerifierKey[] =>
  known.filter((it) => {
    const id = keyIdOf(it);
    const its = signatures.find(({ name, id: theirs }) => name === it.name && theirs.equals(id));
    if (its && !verify(null, Buffer.from(text), publicKeyOf(it.key), its.signature)) throw new Error(`the signature of ${it.name} is wrong`);
    return its !== undefined;
  });
