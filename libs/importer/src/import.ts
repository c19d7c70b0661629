import { caughtUp } from './caught-up.js';
import type { Door } from './door.js';
import { kindOf, registerAccount } from './kinds.js';
import type { Mapping } from './mapping.js';
import { plan } from './plan.js';
import { Progress, type Screen } from './progress.js';
import { openRows, type FileRow } from './rows.js';
import { keyOf, lineOf, Sender, type Ref } from './sender.js';
import { Tally, type Counts } from './tally.js';

/** What to import, and where to. Without a door nothing is sent (--dry-run). */
export interface ImportOptions {
  readonly kind: string;
  readonly file: string;
  readonly mapping: Mapping;
  readonly door: Door | undefined;
  /** Where refused rows are written, as CSV. */
  readonly refused?: string | undefined;
  readonly screen: Screen;
}

/** How it went. */
export interface ImportReport {
  readonly counts: Counts;
  readonly seconds: number;
  /** Refusals by reason, for a person. */
  readonly refusals: readonly string[];
  /** How far behind the views still were a minute after the last row, in milliseconds. */
  readonly behindMs: number;
}

/**
 * Reads a file and sends a command for each row through the batch door. Run again, it doubles nothing.
 * @throws ImportFault where it cannot begin or go on; what was answered until then is done
 */
export const importFile = async ({ kind: name, file, mapping, door, refused, screen }: ImportOptions): Promise<ImportReport> => {
  const kind = kindOf(name);
  const { columns, rows, share } = await openRows(file, mapping);
  const wishOf = plan(kind, mapping, columns);
  const tally = new Tally(refused);
  // Reading runs ahead of the answers.
  const answered = (): number => tally.settled / Math.max(1, tally.counts.rows);
  const progress = new Progress(screen, () => ({ share: share() * answered(), rows: tally.settled, refused: tally.counts.refused }));
  const sender = new Sender(door, tally);
  const met = new Set<string>();

  const take = async (row: FileRow): Promise<void> => {
    if (row.fault) throw row.fault;
    const wish = wishOf(row);
    if (!wish) return void tally.counts.skipped++;
    const key = wish.account && keyOf('account', wish.account['externalRef'] as Ref);
    if (key !== undefined && !met.has(key)) {
      met.add(key);
      await sender.add({ line: row.line, registers: true, text: lineOf(registerAccount, key, wish.account!) });
    }
    const text = lineOf(kind.command, keyOf(kind.name, wish.request['externalRef'] as Ref), wish.request);
    await sender.add({ line: row.line, registers: false, text });
  };
  try {
    for await (const row of rows) {
      tally.counts.rows++;
      await tally.attempt(row.line, () => take(row));
    }
    await sender.end();
  } finally {
    progress.end();
    tally.close();
  }
  const { seconds } = progress;
  const behindMs = (door && (await caughtUp(door))) ?? 0;
  return { counts: tally.counts, seconds, refusals: tally.summary(), behindMs };
};
