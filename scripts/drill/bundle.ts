import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkpointOf, edgeOf, inclusionOf, leafOf, rootOf, type Signer } from './tree.ts';

export const namespace = '6f1d0d5e-3c0a-4d0e-9a53-0a4c3f6d2b11';
export const epoch = '01993b1e-7c55-7f4e-8f00-0000000000e1';

export interface Manifest {
  readonly format: number;
  readonly service: string;
  readonly namespace: string;
  readonly epoch: string;
  readonly base: number;
  readonly origin: string;
  readonly from: number;
  readonly to: number;
  readonly previousOrigins: readonly { origin: string; base: number; root: string }[];
  readonly complete?: false;
}

/** A bundle before it is files. */
export interface Bundle {
  readonly manifest: Manifest;
  /** The events' texts, without line feeds. */
  readonly lines: readonly Buffer[];
  /** Signed notes, ascending. */
  readonly notes: readonly string[];
  readonly keys: readonly string[];
  readonly edge?: { readonly size: number; readonly hashes: readonly string[]; readonly streams: Readonly<Record<string, number>> };
  readonly proofs?: readonly { position: number; index: number; size: number; path: string[] }[];
}

export const originOf = (service: string, of = epoch): string => `guanxi/${namespace}/${service}/${of}`;

/** Everything from position 1 on, with a checkpoint of each size. */
export const bundleOf = (service: string, lines: readonly Buffer[], sizes: readonly number[], signers: readonly Signer[]): Bundle => {
  const [origin, leaves] = [originOf(service), lines.map(leafOf)];
  return {
    manifest: { format: 1, service, namespace, epoch, base: 0, origin, from: 1, to: lines.length, previousOrigins: [] },
    lines,
    notes: sizes.map((size) => checkpointOf(origin, size, rootOf(leaves.slice(0, size)), signers)),
    keys: signers.map((it) => it.verifier),
  };
};

const subjectOf = (line: Buffer): string => (JSON.parse(line.toString()) as { subject: string }).subject;
const versionOf = (line: Buffer): number => (JSON.parse(line.toString()) as { streamversion: number }).streamversion;

/** The same from a later position on. */
export const from = (bundle: Bundle, first: number): Bundle => {
  const lines = bundle.lines.slice(first - 1);
  const streams: Record<string, number> = {};
  for (const line of lines) streams[subjectOf(line)] ??= versionOf(line);
  const hashes = edgeOf(bundle.lines.slice(0, first - 1).map(leafOf)).map((it) => it.toString('hex'));
  const notes = bundle.notes.filter((it) => Number(it.split('\n')[1]) >= first);
  return { ...bundle, manifest: { ...bundle.manifest, from: first }, lines, notes, edge: { size: first - 1, hashes, streams } };
};

/** Only the events of one stream, each with its proof. */
export const only = (bundle: Bundle, subject: string): Bundle => {
  const [leaves, size] = [bundle.lines.map(leafOf), bundle.lines.length];
  const chosen = bundle.lines.map((line, index) => ({ line, index })).filter(({ line }) => subjectOf(line) === subject);
  const proofs = chosen.map(({ index }) => {
    return { position: index + 1, index, size, path: inclusionOf(index, leaves).map((it) => it.toString('base64')) };
  });
  return {
    ...bundle,
    manifest: { ...bundle.manifest, complete: false },
    lines: chosen.map((it) => it.line),
    notes: bundle.notes.slice(-1),
    proofs,
  };
};

const sumsOf = (dir: string, names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');

/** Writes the files of a bundle into an emptied folder, with sums that fit; gives their names. */
export const writeBundle = (
  dir: string,
  bundle: Bundle,
  gunzipped: Buffer = Buffer.concat(bundle.lines.flatMap((it) => [it, Buffer.of(10)])),
): string[] => {
  const files: Record<string, string | Buffer> = {
    'events.ndjson.gz': gzipSync(gunzipped, { level: 1 }),
    'manifest.json': JSON.stringify(bundle.manifest),
    'checkpoints.txt': bundle.notes.map((it) => `${it}\n`).join(''),
    'keys.txt': bundle.keys.map((it) => `${it}\n`).join(''),
    'contracts/accounts.proto': 'syntax = "proto3";\npackage guanxi.accounts.v1;\nmessage OrderRecorded {}\n',
    ...(bundle.edge ? { 'edge.json': JSON.stringify(bundle.edge) } : {}),
    ...(bundle.proofs ? { 'proofs.ndjson': bundle.proofs.map((it) => `${JSON.stringify(it)}\n`).join('') } : {}),
  };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, 'contracts'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  const names = Object.keys(files);
  writeFileSync(join(dir, 'SHA256SUMS'), sumsOf(dir, names));
  return [...names, 'SHA256SUMS'];
};
