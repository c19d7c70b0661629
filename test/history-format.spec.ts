import { afterAll, describe, expect, it } from '@jest/globals';
import { printCheckpoint } from '@guanxi/event-sourcing/checkpoint.text';
import { emptyEdge, extend, leafHash, rootOf as rootOfEdge } from '@guanxi/event-sourcing/merkle';
import { consistencyStretches, inclusionStretches, provesConsistency, provesInclusion } from '@guanxi/event-sourcing/merkle.proof';
import { signerOf as serviceSigner, signNote, verifierText } from '@guanxi/event-sourcing/note';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from '../scripts/demo/random.js';
import { bundleOf, from, only, writeBundle } from '../scripts/drill/bundle.js';
import { randomHistory } from '../scripts/drill/records.js';
import { checkpointOf, consistencyOf, inclusionOf, leafOf, rootOf, signerOf } from '../scripts/drill/tree.js';
import { verify } from '../scripts/verify-history.mjs';

interface Vectors {
  readonly seed: string;
  readonly verifierKey: string;
  readonly origin: string;
  readonly records: readonly string[];
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly edgeOf5: readonly string[];
  readonly checkpoints: readonly string[];
  readonly inclusion: { readonly position: number; readonly size: number; readonly path: readonly string[] };
  readonly consistency: { readonly from: number; readonly to: number; readonly path: readonly string[] };
}

const docs = join(import.meta.dirname, '../docs');
const vectors = JSON.parse(readFileSync(join(docs, 'examples/history-vectors.json'), 'utf8')) as Vectors;
const page = readFileSync(join(docs, 'history-format.md'), 'utf8');
const signer = signerOf('guanxi/accounts', Buffer.from(vectors.seed, 'hex'));
const [first = '', last = ''] = vectors.checkpoints;
const base64 = (path: readonly Buffer[]): string[] => path.map((it) => it.toString('base64'));
const bytes = (path: readonly string[]): Buffer[] => path.map((it) => Buffer.from(it, 'base64'));

describe('the format of an exported history', () => {
  const dir = mkdtempSync(join(tmpdir(), 'guanxi-format-'));
  const bundle = {
    ...bundleOf(
      'accounts',
      vectors.records.map((it) => Buffer.from(it)),
      [],
      [signer],
    ),
    notes: vectors.checkpoints,
  };
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('has its test vectors on its page', () => {
    const [, ...roots] = vectors.roots;
    for (const it of [vectors.records[0], vectors.verifierKey, vectors.roots[0], ...vectors.leaves, ...roots, last]) expect(page).toContain(it);
  });

  it('is hashed as the vectors say, by the definitions and by the service', () => {
    const leaves = vectors.records.map(leafOf);
    expect(leaves.map((it) => it.toString('hex'))).toEqual(vectors.leaves);
    expect(vectors.records.map((it) => leafHash(it).toString('hex'))).toEqual(vectors.leaves);
    for (const [size, root] of vectors.roots.entries()) {
      expect(rootOf(leaves.slice(0, size)).toString('hex')).toBe(root);
      expect(rootOfEdge(extend(emptyEdge, leaves.slice(0, size)).hashes).toString('hex')).toBe(root);
    }
    expect(extend(emptyEdge, leaves).hashes.map((it) => it.toString('hex'))).toEqual(vectors.edgeOf5);
  });

  it('is signed as the vectors say, byte for byte, by the service too', () => {
    const service = serviceSigner('guanxi/accounts', signer.key);
    expect(signer.verifier).toBe(vectors.verifierKey);
    expect(verifierText(service)).toBe(vectors.verifierKey);
    for (const [note, size, time] of [
      [first, 3, '2026-11-22T08:00:03.500Z'],
      [last, 5, '2026-11-22T08:00:05.500Z'],
    ] as const) {
      const root = Buffer.from(vectors.roots[size] ?? '', 'hex');
      expect(checkpointOf(vectors.origin, size, root, [signer], time)).toBe(note);
      expect(signNote(printCheckpoint({ origin: vectors.origin, size, root, extensions: [`time ${time}`] }), [service])).toBe(note);
    }
  });

  it('is proven as the vectors say, by the definitions and by the service', () => {
    const leaves = vectors.records.map(leafOf);
    const { inclusion, consistency } = vectors;
    const stretches = (all: readonly { from: number; to: number }[]) => base64(all.map((it) => rootOf(leaves.slice(it.from, it.to))));
    const root = (size: number) => Buffer.from(vectors.roots[size] ?? '', 'hex');
    expect(base64(inclusionOf(2, leaves))).toEqual(inclusion.path);
    expect(base64(consistencyOf(3, leaves))).toEqual(consistency.path);
    expect(stretches(inclusionStretches(2, 5))).toEqual(inclusion.path);
    expect(stretches(consistencyStretches(3, 5))).toEqual(consistency.path);
    expect(provesInclusion(2, 5, leaves[2] ?? root(0), bytes(inclusion.path), root(5))).toBe(true);
    expect(provesConsistency(3, 5, bytes(consistency.path), root(3), root(5))).toBe(true);
  });

  it('passes the verifier, with the vectors’ proofs too', async () => {
    writeBundle(join(dir, 'v'), bundle);
    expect(await verify(join(dir, 'v'))).toMatchObject({ verdict: 'PASS', events: 5, streams: 2, checkpoints: 2 });
    const { path, ...place } = vectors.inclusion;
    const chosen = { ...bundle, manifest: { ...bundle.manifest, from: 3, complete: false as const }, lines: bundle.lines.slice(2, 3), notes: [last] };
    writeBundle(join(dir, 'v'), { ...chosen, proofs: [{ ...place, index: 2, path: [...path] }] });
    writeFileSync(join(dir, 'kept'), [vectors.verifierKey, first, JSON.stringify(vectors.consistency)].join('\n'));
    expect(await verify(join(dir, 'v'), join(dir, 'kept'))).toMatchObject({ verdict: 'PASS', events: 1, kept: 1 });
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? it : it.skip)('is checked alike by the verifier in Python, which was written from the page alone', async () => {
    const lines = randomHistory(randomOf('python'), 'accounts', 40);
    const whole = bundleOf('accounts', lines, [9, 24, 40], [signer]);
    const subject = /"subject":"([^"]+)"/.exec(String(lines[5]))?.[1] ?? '';
    const edited = { ...whole, lines: lines.with(11, Buffer.from(String(lines[11]).replace('SALESPERSON', 'AUDITOR'))) };
    const kept = join(dir, 'kept');
    writeFileSync(kept, `${signer.verifier}\n${whole.notes[0]}\n${whole.notes[2]}`);
    const cut = { ...whole, manifest: { ...whole.manifest, to: 24 }, lines: lines.slice(0, 24), notes: whole.notes.slice(0, 2) };
    const other = bundleOf('accounts', lines, [9, 24, 40], [signerOf('guanxi/accounts', Buffer.alloc(32, 1))]);
    for (const [it, code] of [
      [bundle, 0],
      [whole, 0],
      [from(whole, 10), 0],
      [only(whole, subject), 0],
      [edited, 1],
      [from(edited, 10), 1],
      [cut, 1],
      [other, 1],
      [{ ...whole, manifest: { ...whole.manifest, format: 2 } }, 2],
    ] as const) {
      writeBundle(join(dir, 'p'), it);
      const { status, stdout } = spawnSync('python3', [
        join(docs, 'examples/verify_history.py'),
        join(dir, 'p'),
        ...(it === bundle ? [] : ['--kept', kept]),
      ]);
      expect({ status, says: String(stdout) }).toEqual({ status: code, says: expect.stringMatching(['^PASS', '^FAIL', '^UNUSABLE'][code] ?? '') });
      expect((await verify(join(dir, 'p'), it === bundle ? undefined : kept)).exit).toBe(code);
    }
  });
});
