import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from '../../scripts/demo/random.ts';
import { bundleOf, originOf, writeBundle } from '../../scripts/drill/bundle.ts';
import { randomHistory } from '../../scripts/drill/records.ts';
import { checkpointOf, edgeOf, leafOf, rootOf, signerOf } from '../../scripts/drill/tree.ts';
import { verify } from '../../scripts/verify-history.mjs';
import { interleave, ratio } from '../harness.ts';
import { printMeasured, type Figure } from '../report.ts';

const events = 131_072;
/** A checkpoint each thousand or so, where the tree is cheap to cut. */
const step = 1_024;

/** Texts that most services write: one in ten is not ASCII. */
const history = (): Buffer[] =>
  randomHistory(randomOf('verify'), 'accounts', events).map((line, i) =>
    i % 10 ? Buffer.from(line.toString().replace('客户要求周末送货', 'at the weekend')) : line,
  );

/** The verifier against a bare loop over the same lines, which lie in memory unpacked and decoded. */
export const verifyRows = async (rounds: number): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-verify-bench-'));
  try {
    const [lines, signer] = [history(), signerOf('guanxi/accounts', Buffer.alloc(32, 7))];
    const subtrees = Array.from({ length: events / step }, (_, i) => rootOf(lines.slice(i * step, (i + 1) * step).map(leafOf)));
    // Roots over whole subtrees of a power of two hash as leaves do.
    const notes = subtrees.map((_, i) => checkpointOf(originOf('accounts'), (i + 1) * step, rootOf(subtrees.slice(0, i + 1)), [signer]));
    if (edgeOf(subtrees).length !== 1) throw new Error('the number of events is no power of two');
    writeBundle(join(folder, 'bundle'), { ...bundleOf('accounts', lines, [], [signer]), notes });
    const texts = lines.map(String);
    const bytes = lines.reduce((sum, it) => sum + it.length, 0);
    let seen = 0;
    const [ours, bare] = await interleave(
      [
        {
          name: `verify-history.mjs: ${events.toLocaleString('en')} events of ${Math.round(bytes / events)} bytes from gzip, ${notes.length} checkpoints`,
          run: async () => {
            const verdict = await verify(join(folder, 'bundle'));
            if (verdict.exit !== 0 || verdict.events !== events) throw new Error(`the bundle was refused: ${verdict.reason}`);
            return { done: events };
          },
        },
        {
          name: 'bare loop: JSON.parse and SHA-256 of texts in memory',
          run: () => {
            for (const text of texts) seen += Number(JSON.parse(text) !== null) + hash('sha256', text, 'buffer').length;
            return Promise.resolve({ done: events });
          },
        },
      ],
      { rounds },
    );
    if (!ours || !bare || seen === 0) return [];
    printMeasured([ours, bare]);
    return [
      { row: 'V', what: 'the verifier against a bare loop of JSON.parse and SHA-256', value: ratio(ours, bare), gate: 0.6 },
      { row: 'V', what: 'events a second and core, in thousands (CPU of all its threads)', value: 1_000 / ours.cpu, gate: 100 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
