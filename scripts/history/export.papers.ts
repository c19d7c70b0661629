import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { HistoryApi } from './api.ts';
import type { Wanted } from './export.file.ts';
import { noteOf, notesOf } from './notes.ts';

const root = join(import.meta.dirname, '../..');

interface Epoch {
  readonly id: string;
  readonly base: string;
}

interface Edge {
  readonly hashes: readonly string[];
}

const pair = (left: Buffer, right: Buffer): Buffer => createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
/** Root over the subtrees of an edge, largest first. */
const rootOf = ({ hashes }: Edge): string => {
  const bytes = hashes.map((it) => Buffer.from(it, 'hex'));
  const last = bytes.at(-1) ?? createHash('sha256').digest();
  return bytes
    .slice(0, -1)
    .reduceRight<Buffer>((right, left) => pair(left, right), last)
    .toString('base64');
};

/** The version of each stream's first event in the bundle. */
const firstVersions = async (folder: string): Promise<Record<string, number>> => {
  const first = new Map<string, number>();
  const text = createReadStream(join(folder, 'events.ndjson.gz')).pipe(createGunzip());
  for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
    const { subject, streamversion } = JSON.parse(line) as { subject: string; streamversion: number };
    if (!first.has(subject)) first.set(subject, streamversion);
  }
  return Object.fromEntries(first);
};

/** The checkpoints with from ≤ size ≤ to; the last one is of `to`, signed for this where it was not there. */
const checkpointsOf = async (api: HistoryApi, { from, to }: Wanted): Promise<string[]> => {
  await api.text(`checkpoints/${to}`);
  const found: string[] = [];
  for (let after = from - 1; ;) {
    const page = notesOf(await api.text(`checkpoints?after=${after}`));
    found.push(...page.filter(({ size }) => size <= to).map(({ note }) => note));
    after = page.at(-1)?.size ?? to;
    if (after >= to) return found;
  }
};

const manifestOf = async (api: HistoryApi, wanted: Wanted, note: string): Promise<object> => {
  const { service, epoch, from, to, stream, customer } = wanted;
  const { epochs } = await api.json<{ epochs: Epoch[] }>('epochs');
  // An earlier epoch may have signed the last checkpoint.
  const [, namespace = ''] = noteOf(note).origin.split('/');
  const originOf = (id: string): string => `guanxi/${namespace}/${service}/${id}`;
  const previousOrigins = await Promise.all(
    epochs.slice(0, -1).map(async ({ id }, n) => {
      const base = Number(epochs[n + 1]?.base);
      return { origin: originOf(id), base, root: rootOf(await api.json<Edge>(`edge?size=${base}`)) };
    }),
  );
  const base = Number(epochs.at(-1)?.base);
  const partial = stream !== undefined || customer !== undefined;
  return {
    ...{ format: 1, service, namespace, epoch, base, origin: originOf(epoch), from, to, previousOrigins },
    ...(partial ? { complete: false, ...(stream === undefined ? {} : { stream }), ...(customer === undefined ? {} : { customer }) } : {}),
  };
};

const contracts = (folder: string): void => {
  cpSync(join(root, 'proto'), join(folder, 'contracts'), { recursive: true, filter: (it) => !/\.binpb\.gz$/.test(it) });
  execFileSync(join(root, 'node_modules/.bin/buf'), ['build', '-o', join(folder, 'contracts/image.binpb')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const sums = async (folder: string): Promise<string> => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const names = files.map((it) => join(it.parentPath, it.name).slice(folder.length + 1)).filter((it) => it !== 'SHA256SUMS' && it !== 'export.json');
  const lines: string[] = [];
  for (const name of names.sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
};

/** Writes what goes with the events: checkpoints, keys, manifest, the edge before them, contracts, sums. */
export const writePapers = async (api: HistoryApi, folder: string, wanted: Wanted): Promise<void> => {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const json = (name: string, value: object): void => write(name, `${JSON.stringify(value, null, 2)}\n`);
  const notes = await checkpointsOf(api, wanted);
  write('checkpoints.txt', notes.map((it) => `${it}\n`).join(''));
  write('keys.txt', await api.text('keys'));
  json('manifest.json', await manifestOf(api, wanted, notes.at(-1) ?? ''));
  const complete = wanted.stream === undefined && wanted.customer === undefined;
  if (wanted.from > 1 && complete) {
    const { hashes } = await api.json<Edge>(`edge?size=${wanted.from - 1}`);
    json('edge.json', { size: wanted.from - 1, hashes, streams: await firstVersions(folder) });
  }
  contracts(folder);
  cpSync(join(root, 'scripts/verify-history.mjs'), join(folder, 'verify-history.mjs'));
  write('SHA256SUMS', await sums(folder));
};
