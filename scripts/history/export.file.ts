import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Trouble } from '../trouble.ts';
import { readJson, replaceFile } from '../up/data-folder.ts';

/** What an export was asked for. */
export interface Wanted {
  readonly service: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly stream?: string;
  readonly customer?: string;
}

/** How far an export came; rewritten after each part that is whole. */
interface Progress {
  readonly wanted: Wanted;
  /** The last position that was looked at. */
  readonly position: number;
  readonly events: number;
  readonly bytes: { readonly events: number; readonly proofs: number };
}

/** The files of an export that grow, and can be gone on with after a cut. */
export interface ExportFiles {
  readonly wanted: Wanted;
  readonly position: () => number;
  readonly events: () => number;
  /** Appends a part: everything up to `position` is in it. */
  readonly append: (position: number, lines: readonly string[], proofs: readonly string[]) => Promise<void>;
  /** Nothing more comes. */
  readonly end: () => void;
}

const marker = 'export.json';
const packed = promisify(gzip);

const same = (a: Wanted, b: Wanted): boolean => (['service', 'epoch', 'from', 'stream', 'customer'] as const).every((it) => a[it] === b[it]);

const left = (folder: string, wanted: Wanted, stated: boolean): Progress | undefined => {
  const found = readJson<Progress>(join(folder, marker));
  if (!found && existsSync(folder) && readdirSync(folder).length > 0)
    throw new Trouble(`${folder} holds something already. Name another folder, or remove it.`);
  // Where no end was asked for, the one that was found at first stands.
  if (found && !(same(found.wanted, wanted) && (!stated || found.wanted.to === wanted.to)))
    throw new Trouble(`${folder} holds a part of another export, or the service began a new epoch since. Name another folder, or remove it.`);
  return found;
};

/** Opens the folder of an export; one that was cut is gone on with. @param stated whether the caller named the end */
export const openExport = (folder: string, asked: Wanted, stated: boolean): ExportFiles => {
  mkdirSync(folder, { recursive: true });
  let progress: Progress = left(folder, asked, stated) ?? { wanted: asked, position: asked.from - 1, events: 0, bytes: { events: 0, proofs: 0 } };
  const { wanted } = progress;
  const filtered = wanted.stream !== undefined || wanted.customer !== undefined;
  const open = (name: string, bytes: number): number => {
    const file = openSync(join(folder, name), existsSync(join(folder, name)) ? 'r+' : 'w');
    // What came after the last whole part is written again.
    ftruncateSync(file, bytes);
    return file;
  };
  const events = open('events.ndjson.gz', progress.bytes.events);
  const proofs = filtered ? open('proofs.ndjson', progress.bytes.proofs) : undefined;
  const grow = (file: number, bytes: Buffer, at: number): number => at + writeSync(file, bytes, 0, bytes.length, at);
  const keep = (): void => replaceFile(join(folder, marker), JSON.stringify(progress));
  keep();
  return {
    wanted,
    position: () => progress.position,
    events: () => progress.events,
    append: async (position, lines, itsProofs) => {
      // Each part is a gzip member of its own: a file of several is a gzip file.
      const bytes = lines.length > 0 ? await packed(lines.map((it) => `${it}\n`).join('')) : Buffer.alloc(0);
      const ends = {
        events: grow(events, bytes, progress.bytes.events),
        proofs: proofs === undefined ? 0 : grow(proofs, Buffer.from(itsProofs.map((it) => `${it}\n`).join('')), progress.bytes.proofs),
      };
      progress = { wanted, position, events: progress.events + lines.length, bytes: ends };
      keep();
    },
    end: () => {
      closeSync(events);
      if (proofs !== undefined) closeSync(proofs);
      rmSync(join(folder, marker));
    },
  };
};
