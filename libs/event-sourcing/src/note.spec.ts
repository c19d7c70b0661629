import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { originText, parseCheckpoint, parseOrigin, printCheckpoint } from './checkpoint.text.js';
import { parseNote, parseVerifier, rawKey, signedBy, signerOf, signNote, verifierText } from './note.js';

// The example of golang.org/x/mod/sumdb/note, where the format comes from.
const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const enoch = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const text = `If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n`;
const note = `${text}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=
`;
// RFC 8032 §7.1, test 1: a key pair that everybody knows.
const secret = createPrivateKey({
  key: Buffer.from(`302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});
const signer = signerOf('guanxi/accounts', secret);

describe('a signed note', () => {
  it('of the published example bears the signatures of both keys', () => {
    const parsed = parseNote(note);
    expect(parsed.text).toBe(text);
    expect(signedBy(parsed, [peter, enoch].map(parseVerifier)).map((it) => it.name)).toEqual(['PeterNeumann', 'EnochRoot']);
  });
  it('is signed in exactly one way, one line a key', () => {
    expect(rawKey(secret).toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const other = signerOf('guanxi/other', generateKeyPairSync('ed25519').privateKey);
    const signed = signNote(text, [signer, other]);
    expect(signed).toBe(signNote(text, [signer, other]));
    expect(signed.startsWith(`${text}\n— guanxi/accounts `)).toBe(true);
    expect(signedBy(parseNote(signed), [signer, other])).toEqual([signer, other]);
    expect(signedBy(parseNote(signed), [parseVerifier(peter)])).toEqual([]);
  });
  it('whose text was changed bears no signature', () => {
    expect(() => signedBy(parseNote(note.replace('cryptography', 'Cryptography')), [parseVerifier(peter)])).toThrow(
      'signature of PeterNeumann is wrong',
    );
  });
  it.each(['', text, `${text}\n`, `${text}\n— a\n`, `${text}\n— a b\n`, note.slice(0, -1), note.replace('=\n', '\n'), note.replace('If', '\u0007f')])(
    'is not %j',
    (broken) => expect(() => parseNote(broken)).toThrow(),
  );
  it('is not signed over what is no note', () => {
    for (const bad of ['no line feed at the end', 'bell \u0007\n', 'carriage return\r\n'])
      expect(() => signNote(bad, [signer])).toThrow('a note is plain text');
  });
});

describe('a verifier key', () => {
  it.each([peter, enoch, 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'])('%s is printed as it was read', (it) =>
    expect(verifierText(parseVerifier(it))).toBe(it),
  );
  it.each([
    peter.replace('c74f', 'c74e'),
    peter.replace('Neumann', 'Neuman'),
    peter.slice(0, -4),
    peter.replace('+AR', '+AA'),
    `a b${peter}`,
    'PeterNeumann',
    '',
  ])('is not %j', (it) => expect(() => parseVerifier(it)).toThrow());
  it('is Ed25519 under a name without blanks', () => {
    expect(() => signerOf('guanxi accounts', secret)).toThrow('no blanks');
    expect(() => signerOf('a', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)).toThrow('not an Ed25519 key');
  });
});

describe('a checkpoint', () => {
  const it_ = { origin: 'guanxi/x', size: 7, root: Buffer.alloc(32, 7), extensions: ['time 2026-11-22T08:00:00.123Z'] };
  it('is printed as it was read', () => {
    const printed = printCheckpoint(it_);
    expect(printed).toBe('guanxi/x\n7\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\ntime 2026-11-22T08:00:00.123Z\n');
    expect(parseCheckpoint(printed)).toEqual(it_);
  });
  it.each([
    ['\n7', '\n07'],
    ['\n7', '\n-7'],
    ['BwcH', 'Bwc'],
    ['wc=', 'wd='],
    ['guanxi/x', ''],
    ['time', '\ntime'],
  ])('is not one with %j made %j', (from, to) => expect(() => parseCheckpoint(printCheckpoint(it_).replace(from, to))).toThrow());
  it('names its history by installation, service and epoch', () => {
    const origin = { namespace: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', service: 'accounts', epoch: '01890a5d-ac96-774b-bcce-b302099a8057' };
    expect(parseOrigin(originText(origin))).toEqual(origin);
    expect(parseOrigin('go.sum database tree')).toBeUndefined();
  });
});
