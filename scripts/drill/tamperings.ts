import type { Random } from '../demo/random.ts';
import { bundleOf, from, only, type Bundle } from './bundle.ts';
import type { Signer } from './tree.ts';

/** What a tamperer has before him. `sizes`: of the checkpoints; `kept`: of those that the auditor kept, the last one of them all included. */
export interface Case {
  readonly bundle: Bundle;
  readonly sizes: readonly number[];
  readonly kept: readonly number[];
  readonly random: Random;
  readonly signer: Signer;
  readonly thief: Signer;
}

/** What he leaves. `altered`: the first position that is not what it was, where there is one. `unreadable` may be the answer where files were spoilt. */
export interface Tampered {
  readonly bundle: Bundle;
  readonly altered?: number;
  /** The unpacked events, where they are not the bundle's lines. */
  readonly body?: Buffer;
  readonly unreadable?: boolean;
  /** Spoils a file after the sums were taken. */
  readonly spoilt?: boolean;
}

type Tampering = (it: Case) => Tampered;

const sizeOf = (note: string): number => Number(note.split('\n')[1]);
const any = ({ bundle, random }: Case): number => random.whole(1, bundle.lines.length);

const withLines = (bundle: Bundle, lines: readonly Buffer[], more: Partial<Bundle> = {}): Bundle => ({ ...bundle, lines, ...more });
const withEnd = (bundle: Bundle, to: number): Bundle => ({ ...bundle, manifest: { ...bundle.manifest, to } });

/** Bytes with one bit turned. */
export const flipped = (bytes: Buffer, random: Random): { bytes: Buffer; at: number } => {
  const [copy, at] = [Buffer.from(bytes), random.whole(0, bytes.length - 1)];
  copy[at] = (copy[at] ?? 0) ^ (1 << random.whole(0, 7));
  return { bytes: copy, at };
};

/** One attribute of one event says something else. */
const edit =
  (pattern: RegExp, other: (found: string, random: Random) => string): Tampering =>
  (it) => {
    const altered = any(it);
    const line = it.bundle.lines[altered - 1]?.toString() ?? '';
    const changed = line.replace(pattern, (found) => other(found, it.random));
    if (changed === line) throw new Error('nothing was edited');
    return { bundle: withLines(it.bundle, it.bundle.lines.with(altered - 1, Buffer.from(changed))), altered };
  };

const digitAfter = (found: string, random: Random): string =>
  found.replace(/\d(?="|Z|$)/, (digit) => String((Number(digit) + random.whole(1, 9)) % 10));

const amount = edit(/"amountMinor":"\d+"/, digitAfter);

/** From a position on, everything happened otherwise. */
const rewritten = ({ bundle, random }: Case, first: number): Buffer[] =>
  bundle.lines.map((line, index) =>
    index + 1 < first ? line : Buffer.from(line.toString().replace(/"actor":"op-(\d+)"/, (_, n: string) => `"actor":"op-${n}${random.whole(0, 9)}"`)),
  );

/** Found by everybody, from the bundle alone. */
const plain: Readonly<Record<string, Tampering>> = {
  'a bit of the events flips': ({ bundle, random }) => {
    const { bytes, at } = flipped(Buffer.concat(bundle.lines.flatMap((it) => [it, Buffer.of(10)])), random);
    let altered = 1;
    for (let end = bundle.lines[0]?.length ?? 0; end < at; altered++) end += (bundle.lines[altered]?.length ?? 0) + 1;
    return { bundle, body: bytes, altered };
  },
  'a bit of a file flips': ({ bundle }) => ({ bundle, spoilt: true, unreadable: true }),
  'an event is deleted': (it) => {
    const altered = any(it);
    return { bundle: withLines(it.bundle, it.bundle.lines.toSpliced(altered - 1, 1)), altered };
  },
  'two events are swapped': (it) => {
    const [altered = 1, other = 2] = it.random.some([...it.bundle.lines.keys()], 2).map((index) => index + 1);
    const [a, b] = [it.bundle.lines[altered - 1], it.bundle.lines[other - 1]];
    if (!a || !b) throw new Error('there are no two');
    return { bundle: withLines(it.bundle, it.bundle.lines.with(altered - 1, b).with(other - 1, a)), altered };
  },
  'an event is inserted': (it) => {
    const altered = any(it);
    const text = it.random
      .pick(it.bundle.lines)
      .toString()
      .replace(/"id":"......../, '"id":"ffffffff');
    const inserted = withLines(it.bundle, it.bundle.lines.toSpliced(altered - 1, 0, Buffer.from(text)));
    return { bundle: it.random.chance(50) ? withEnd(inserted, inserted.lines.length) : inserted, altered };
  },
  'a time is edited': edit(/"time":"[^"]+"/, digitAfter),
  'an actor is edited': edit(/"actor":"op-\d+"/, digitAfter),
  'an amount is edited': amount,
  'the end is cut off': (it) => {
    const left = any(it) - 1;
    const cut = withLines(it.bundle, it.bundle.lines.slice(0, left));
    return { bundle: it.random.chance(50) ? withEnd(cut, left) : cut, altered: left + 1 };
  },
  'the end is cut off between two checkpoints, with those after it': (it) => {
    const left = it.random.pick([...it.bundle.lines.keys()].slice(1).filter((size) => !it.sizes.includes(size)));
    const notes = it.bundle.notes.filter((note) => sizeOf(note) <= left);
    return { bundle: withEnd(withLines(it.bundle, it.bundle.lines.slice(0, left), { notes }), left), altered: left + 1 };
  },
  'an amount is edited, and the roots, without the key': (it) => {
    const { bundle, altered = 1 } = amount(it);
    const right = bundleOf(bundle.manifest.service, bundle.lines, it.sizes, [it.signer]).notes;
    const forged = it.bundle.notes.map((note, i) =>
      note
        .split('\n')
        .with(2, right[i]?.split('\n')[2] ?? '')
        .join('\n'),
    );
    return { bundle: { ...bundle, notes: forged }, altered };
  },
  'the last checkpoint is taken out': ({ bundle }) => ({ bundle: { ...bundle, notes: bundle.notes.slice(0, -1) } }),
  'an event of a later part is edited': (it) => {
    const part = from(it.bundle, it.random.whole(2, it.bundle.lines.length));
    const { bundle, altered = 1 } = amount({ ...it, bundle: part });
    return { bundle, altered: altered + part.manifest.from - 1 };
  },
  'the edge of a later part is another': (it) => {
    const { edge, ...part } = from(it.bundle, it.random.whole(2, it.bundle.lines.length));
    const hashes = (edge?.hashes ?? []).map((hash, i) => (i ? hash : flipped(Buffer.from(hash, 'hex'), it.random).bytes.toString('hex')));
    return { bundle: { ...part, edge: { size: 0, streams: {}, ...edge, hashes } } };
  },
  'one of single events is edited': (it) => {
    const subject = /"subject":"([^"]+)"/.exec(it.random.pick(it.bundle.lines).toString())?.[1] ?? '';
    const { bundle, altered = 1 } = amount({ ...it, bundle: only(it.bundle, subject) });
    return { bundle, altered: bundle.proofs?.[altered - 1]?.position };
  },
};

/** Found by who kept a checkpoint, or the key. */
const forged: Readonly<Record<string, Tampering>> = {
  'the end is cut off at a checkpoint, with those after it': (it) => {
    const left = it.random.pick(it.sizes.slice(0, -1));
    const notes = it.bundle.notes.filter((note) => sizeOf(note) <= left);
    return { bundle: withEnd(withLines(it.bundle, it.bundle.lines.slice(0, left), { notes }), left), altered: left + 1 };
  },
  'rewritten and signed with another key': (it) => {
    const altered = any(it);
    return { bundle: bundleOf(it.bundle.manifest.service, rewritten(it, altered), it.sizes, [it.thief]), altered };
  },
  'signed with another key': (it) => ({ bundle: bundleOf(it.bundle.manifest.service, it.bundle.lines, it.sizes, [it.thief]) }),
  'forked after a kept checkpoint, signed with the right key': (it) => {
    const altered = it.random.whole((it.kept[0] ?? 0) + 1, it.bundle.lines.length);
    return { bundle: bundleOf(it.bundle.manifest.service, rewritten(it, altered), it.sizes, [it.signer]), altered };
  },
  'the last event of a stream is taken out, signed with the right key': (it) => {
    const subjects = it.bundle.lines.map((line) => /"subject":"([^"]+)"/.exec(line.toString())?.[1]);
    const altered = subjects.lastIndexOf(it.random.pick(subjects)) + 1;
    const lines = it.bundle.lines.toSpliced(altered - 1, 1);
    const sizes = [...new Set(it.sizes.map((size) => Math.min(size, lines.length)))];
    return { bundle: bundleOf(it.bundle.manifest.service, lines, sizes, [it.signer]), altered };
  },
};

/** Everything that a tamperer does here, and whether somebody finds it who kept nothing. He always mends gzip, sums and manifest. */
export const tamperings = [
  ...Object.entries(plain).map(([name, tamper]) => ({ name, tamper, plain: true })),
  ...Object.entries(forged).map(([name, tamper]) => ({ name, tamper, plain: false })),
];
