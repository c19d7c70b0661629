import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from './demo/random.js';
import { bundleOf, from, namespace, only, originOf, writeBundle, type Bundle } from './drill/bundle.js';
import { randomHistory } from './drill/records.js';
import { checkpointOf, consistencyOf, leafOf, rootOf, signerOf } from './drill/tree.js';
import { verify } from './verify-history.mjs';

const signer = signerOf('guanxi/accounts', Buffer.alloc(32, 7));
const other = signerOf('guanxi/accounts', Buffer.alloc(32, 8));
const foreign = signerOf('guanxi/loyalty', Buffer.alloc(32, 9));
const lines = randomHistory(randomOf('verify'), 'accounts', 60);
const leaves = lines.map(leafOf);
const whole = bundleOf('accounts', lines, [7, 20, 32, 50, 60], [signer]);
const note = (size: number, origin = originOf('accounts')) => checkpointOf(origin, size, rootOf(leaves.slice(0, size)), [signer]);
const proof = (first: number, size: number, path = consistencyOf(first, leaves.slice(0, size))) =>
  JSON.stringify({ from: String(first), to: String(size), path: path.map((it) => it.toString('base64')) });

describe('the verifier of exported histories', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-verify-'));
  const [dir, keptFile] = [join(folder, 'bundle'), join(folder, 'kept.txt')];
  const keep = (...parts: string[]) => {
    writeFileSync(keptFile, parts.join('\n'));
    return keptFile;
  };
  const manifest = (more: object): Bundle => ({ ...whole, manifest: { ...whole.manifest, ...more } });
  const says = async (bundle: Bundle, kept?: string) => {
    writeBundle(dir, bundle);
    return verify(dir, kept);
  };
  beforeEach(() => void writeBundle(dir, whole));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes a whole history and says what it has not proven', async () => {
    const found = await verify(dir);
    expect(found).toMatchObject({ verdict: 'PASS', exit: 0, events: 60, streams: 6, checkpoints: 5, kept: 0 });
    expect(found.notProven?.join()).toMatch(/keys\.txt.*you kept no checkpoint.*schema versions/);
  });

  it('passes a later part by its edge, which the signed roots prove', async () => {
    for (const first of [2, 8, 33, 60]) expect(await says(from(whole, first))).toMatchObject({ exit: 0, events: 61 - first });
  });

  it('passes single events by their proofs and says that others may be missing', async () => {
    const subject = /"subject":"([^"]+)"/.exec(lines[0]?.toString() ?? '')?.[1] ?? '';
    const found = await says(only(whole, subject));
    expect(found).toMatchObject({ exit: 0, streams: 1 });
    expect(found.notProven?.[0]).toMatch('no event is missing');
  });

  it('compares with what was kept: sizes in the bundle by recomputing, others by a proof of consistency, or it says that they stay open', async () => {
    expect(await verify(dir, keep(signer.verifier, note(20), note(41), note(60)))).toMatchObject({ exit: 0, kept: 3 });
    const part = from(whole, 33);
    expect(await says(part, keep(signer.verifier, note(32)))).toMatchObject({ exit: 0, kept: 1 });
    expect(await says(part, keep(signer.verifier, note(11), proof(11, 50)))).toMatchObject({ exit: 0, kept: 1 });
    const open = await says(part, keep(signer.verifier, note(11)));
    expect(open).toMatchObject({ exit: 0, kept: 0 });
    expect(open.notProven?.join()).toMatch('your checkpoint of size 11');
  });

  it('refuses a history that ends before a kept checkpoint, unless a proof leads there', async () => {
    const shorter = bundleOf('accounts', lines.slice(0, 50), [20, 50], [signer]);
    expect(await says(shorter, keep(signer.verifier, note(20), note(60)))).toMatchObject({ exit: 1, first: 21, last: 60 });
    expect(await says(shorter, keep(signer.verifier, note(60), proof(50, 60)))).toMatchObject({ exit: 0, kept: 1 });
    const path = consistencyOf(50, leaves);
    for (const wrong of [path.slice(1), [...path, leaves[0] ?? path[0]!], path.toReversed()])
      expect(await says(shorter, keep(signer.verifier, note(60), proof(50, 60, wrong)))).toMatchObject({ exit: 1 });
  });

  it('knows checkpoints of an earlier epoch as far as the later ones share it', async () => {
    const [before, base] = [originOf('accounts', '01993b1e-0000-7000-8000-000000000000'), 32];
    const previousOrigins = [{ origin: before, base, root: rootOf(leaves.slice(0, base)).toString('base64') }];
    const restored = manifest({ base, previousOrigins });
    expect(await says(restored, keep(signer.verifier, note(20, before)))).toMatchObject({ exit: 0, kept: 1 });
    expect(await says(restored, keep(signer.verifier, note(40, before)))).toMatchObject({ exit: 1, first: 33, last: 40 });
    expect(await says(whole, keep(signer.verifier, note(20, before)))).toMatchObject({ exit: 1, first: null });
    const wrong = manifest({ base, previousOrigins: previousOrigins.map((it) => ({ ...it, root: rootOf(leaves.slice(0, 31)).toString('base64') })) });
    expect(await says(wrong, keep(signer.verifier))).toMatchObject({ exit: 1, reason: 'the manifest states another root of size 32', last: 32 });
  });

  it('takes the kept keys, not those of the bundle, and reads what was kept of several services', async () => {
    const forged = bundleOf('accounts', lines, [60], [other]);
    expect(await says(forged)).toMatchObject({ exit: 0 });
    expect(await says(forged, keep(signer.verifier))).toMatchObject({ exit: 1, reason: expect.stringMatching('no key of guanxi/accounts') });
    const both = [signer, foreign].map((it) => it.verifier);
    const theirs = checkpointOf(originOf('loyalty'), 3, Buffer.alloc(32), [foreign]);
    expect(await says(whole, keep(...both, theirs, note(20)))).toMatchObject({ exit: 0, kept: 1 });
  });

  it('believes a rotated key beside the old one, and neither where one of the two signatures is wrong', async () => {
    const rotated = bundleOf('accounts', lines, [60], [signer, other]);
    expect(await says(rotated, keep(other.verifier))).toMatchObject({ exit: 0 });
    const broken = rotated.notes.map((it) =>
      it.replace(/(— \S+ \S{10})(.)/, (_, start: string, letter: string) => start + (letter === 'A' ? 'B' : 'A')),
    );
    expect(await says({ ...rotated, notes: broken }, keep(signer.verifier, other.verifier))).toMatchObject({ exit: 1 });
  });

  it('finds a fork that the service itself has signed, between the two kept checkpoints that enclose it', async () => {
    const changed = lines.with(39, Buffer.from(lines[39]?.toString().replace('SALESPERSON', 'SALESPERSONS') ?? ''));
    const fork = bundleOf('accounts', changed, [7, 20, 32, 50, 60], [signer]);
    expect(await says(fork, keep(signer.verifier, note(20), note(32), note(60)))).toMatchObject({
      exit: 1,
      first: 33,
      last: 60,
      kept: 32,
      signed: 60,
    });
  });

  it('passes types and schema versions that nobody knows', async () => {
    const odd = lines.map((line, i) =>
      i ? line : Buffer.from(line.toString().replace('OrderRecorded', 'NeverHeardOf').replace('"schemaversion":1', '"schemaversion":99')),
    );
    expect(await says(bundleOf('accounts', odd, [60], [signer]))).toMatchObject({ exit: 0 });
  });

  it('refuses what the service should never have signed: a fallen time, a missing version, another service’s record, no record, no UTF-8', async () => {
    const spoilt = (change: (text: string) => string | Buffer) => lines.with(59, Buffer.from(change(lines[59]?.toString() ?? '') as string));
    const changes: ((text: string) => string | Buffer)[] = [
      (text) => text.replace(/"time":"2026/, '"time":"2025'),
      (text) => text.replace(/"streamversion":\d+/, '"streamversion":99'),
      (text) => text.replace('/guanxi/accounts', '/guanxi/loyalty'),
      (text) => text.replace('"specversion":', '"specversion": '),
      (text) => `${text} `,
      (text) => Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.of(0xff), Buffer.from('"}}')]),
      () => '',
    ];
    for (const change of changes)
      expect(await says(bundleOf('accounts', spoilt(change), [20, 60], [signer]))).toMatchObject({ exit: 1, first: 21, last: 60 });
  });

  it('finds more events or checkpoints than the manifest says', async () => {
    const notes = whole.notes.slice(0, 4);
    expect(await says({ ...manifest({ to: 50 }), notes })).toMatchObject({ exit: 1, first: 51, last: 51 });
    expect(await says({ ...manifest({ to: 50 }), lines: lines.slice(0, 50) })).toMatchObject({ exit: 1, first: 51, last: 60 });
    expect(await says({ ...manifest({ to: 50 }), lines: lines.slice(0, 50), notes })).toMatchObject({ exit: 0 });
  });

  it('gives a clear answer where nothing can be said', async () => {
    expect(await says(manifest({ format: 2 }))).toMatchObject({ exit: 2, reason: expect.stringMatching('format "2"; this verifier knows format 1') });
    expect(await says(manifest({ service: 'loyalty' }))).toMatchObject({ exit: 2, reason: expect.stringMatching('does not fit together') });
    expect(await says({ ...whole, keys: [foreign.verifier] })).toMatchObject({ exit: 2, reason: expect.stringMatching('no key of guanxi/accounts') });
    expect(await says({ ...whole, notes: [note(60, originOf('loyalty'))] })).toMatchObject({ exit: 2, reason: expect.stringMatching('loyalty') });
    expect(await says({ ...whole, keys: [signer.verifier.replace(/\+\w{8}\+/, '+00000000+')] })).toMatchObject({
      exit: 2,
      reason: expect.stringMatching('id'),
    });
    const theirs = keep(signer.verifier, checkpointOf(`guanxi/${namespace}/loyalty/x`, 3, Buffer.alloc(32), [foreign]));
    expect(await says(whole, theirs)).toMatchObject({ exit: 2, reason: expect.stringMatching('checkpoints of others only') });
    writeBundle(dir, whole);
    truncateSync(join(dir, 'events.ndjson.gz'), 900);
    expect(await verify(dir)).toMatchObject({ exit: 2, reason: expect.stringMatching('unexpected end of file') });
    rmSync(join(dir, 'checkpoints.txt'));
    expect(await verify(dir)).toMatchObject({ exit: 2, reason: expect.stringMatching('checkpoints.txt') });
    expect(await verify(join(folder, 'nothing'))).toMatchObject({ exit: 2, reason: expect.stringMatching('manifest.json') });
  });

  it('finds a changed file that nothing signs by its sum alone', async () => {
    appendFileSync(join(dir, 'contracts/accounts.proto'), '// changed');
    expect(await verify(dir)).toMatchObject({ exit: 1, reason: 'SHA256SUMS does not fit contracts/accounts.proto' });
  });

  it('is one file of at most 250 lines that imports only Node’s own modules', () => {
    const source = readFileSync(join(import.meta.dirname, 'verify-history.mjs'), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(250);
    expect([...source.matchAll(/^import .* from '(.*)';$/gm)].map(([, it]) => it).filter((it) => !it?.startsWith('node:'))).toEqual([]);
    expect(source).not.toMatch(/\b(require|import)\(/);
  });
});
