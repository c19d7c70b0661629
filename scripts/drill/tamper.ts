import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf, type Random } from '../demo/random.ts';
import { verify, type Verdict } from '../verify-history.mjs';
import { bundleOf, from, only, writeBundle, type Bundle } from './bundle.ts';
import { randomHistory } from './records.ts';
import { flipped, tamperings, type Case, type Tampered } from './tamperings.ts';
import { signerOf } from './tree.ts';

const service = 'accounts';
const name = `guanxi/${service}`;

/** Of one kind: how often it was found; of those with a place, how often in the right one, and among how many events in all. */
export interface Found {
  readonly runs: number;
  readonly found: number;
  readonly places: number;
  readonly placed: number;
  readonly among: number;
}

/** What came of a drill. */
export interface Drilled {
  readonly byKind: Readonly<Record<string, Found>>;
  readonly untouched: number;
  readonly passed: number;
  /** What should have been found and was not, or in the wrong place, or was found where nothing is wrong. */
  readonly wrong: readonly string[];
}

const caseOf = (random: Random): Case => {
  const [signer, thief] = [signerOf(name, Buffer.alloc(32, random.whole(1, 255))), signerOf(name, Buffer.alloc(32, 0))];
  const lines = randomHistory(random, service, random.whole(12, 120));
  const sizes = [...random.some([...lines.keys()].slice(1), random.whole(2, 8)), lines.length];
  const kept = [...random.some(sizes.slice(0, -1), random.whole(1, sizes.length - 1)), lines.length];
  return { bundle: bundleOf(service, lines, sizes, [signer]), sizes, kept, random, signer, thief };
};

const keptText = ({ bundle, sizes, kept, signer }: Case): string =>
  [signer.verifier, '', ...bundle.notes.filter((_, i) => kept.includes(sizes[i] ?? 0))].map((it) => `${it}\n`).join('');

const spoil = (dir: string, names: readonly string[], random: Random): void => {
  const file = join(dir, random.pick(names));
  writeFileSync(file, flipped(readFileSync(file), random).bytes);
};

/** A place to write one bundle after the other into. */
interface Place {
  readonly dir: string;
  readonly keptFile: string;
}

const none: Found = { runs: 0, found: 0, places: 0, placed: 0, among: 0 };

const judged = ({ exit, first, last }: Verdict, { altered, unreadable }: Tampered): Found => {
  const found = exit === 1 || (exit === 2 && unreadable === true);
  if (altered === undefined) return { ...none, runs: 1, found: Number(found) };
  const among = (last ?? 0) - (first ?? Infinity) + 1;
  const placed = found && (first ?? Infinity) <= altered && altered <= (last ?? 0);
  return { runs: 1, found: Number(found), places: 1, placed: Number(placed), among: placed ? among : 0 };
};

/** One tampering: what it adds to the figures of its kind, and the verdict where it is not the right one. */
const tamperOnce = async (
  { dir, keptFile }: Place,
  kind: (typeof tamperings)[number],
  random: Random,
): Promise<{ figures: Found; wrong?: string }> => {
  const it = caseOf(random);
  const tampered = kind.tamper(it);
  const names = writeBundle(dir, tampered.bundle, tampered.body);
  if (tampered.spoilt) spoil(dir, names, random);
  writeFileSync(keptFile, keptText(it));
  const verdict = await verify(dir, kind.plain && random.chance(50) ? undefined : keptFile);
  const figures = judged(verdict, tampered);
  const right = figures.found === 1 && figures.placed === figures.places;
  return { figures, ...(right ? {} : { wrong: `${JSON.stringify(verdict)}, altered at ${tampered.altered}` }) };
};

/** What is wrong with the verdict on an untouched bundle, if anything. */
const leaveAlone = async ({ dir, keptFile }: Place, random: Random): Promise<string | undefined> => {
  const it = caseOf(random);
  const line = random.pick(it.bundle.lines).toString();
  const kinds: (() => Bundle)[] = [
    () => it.bundle,
    () => from(it.bundle, random.whole(2, it.bundle.lines.length)),
    () => only(it.bundle, /"subject":"([^"]+)"/.exec(line)?.[1] ?? ''),
  ];
  writeBundle(dir, random.pick(kinds)());
  writeFileSync(keptFile, keptText(it));
  const verdict = await verify(dir, random.chance(50) ? undefined : keptFile);
  return verdict.exit === 0 ? undefined : JSON.stringify(verdict);
};

/** Verifies so many tampered bundles, each kind in turn, and so many untouched ones: the same for the same seed. */
export const drillTampering = async (runs: number, untouched: number, seed: string, told: (done: number) => void = () => {}): Promise<Drilled> => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-tamper-'));
  const place = { dir: join(folder, 'bundle'), keptFile: join(folder, 'kept.txt') };
  const byKind: Record<string, Found> = {};
  const wrong: string[] = [];
  let passed = 0;
  try {
    for (let run = 0; run < runs; run++) {
      const kind = tamperings[run % tamperings.length]!;
      const { figures, wrong: why } = await tamperOnce(place, kind, randomOf(`${seed} ${run}`));
      const before = byKind[kind.name] ?? none;
      byKind[kind.name] = {
        runs: before.runs + figures.runs,
        found: before.found + figures.found,
        places: before.places + figures.places,
        placed: before.placed + figures.placed,
        among: before.among + figures.among,
      };
      if (why) wrong.push(`seed ${seed}, run ${run}: ${kind.name}: ${why}`);
      told(run + 1);
    }
    for (let run = 0; run < untouched; run++) {
      const why = await leaveAlone(place, randomOf(`${seed} untouched ${run}`));
      if (why) wrong.push(`seed ${seed}, untouched ${run}: ${why}`);
      else passed++;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { byKind, untouched, passed, wrong };
};
