import { caughtUp } from './caught-up.js';
import type { Door } from './door.js';
import { enrol, kindOf, registerAccount, type Kind } from './kinds.js';
import type { Mapping } from './mapping.js';
import { plan, type Wish } from './plan.js';
import { Progress, type Screen } from './progress.js';
import { openRows, type FileRow } from './rows.js';
import { keyOf, lineOf, Sender, type Ref, type Sent } from './sender.js';
import { Tally, type Counts } from './tally.js';

/** What to import, and where to. Without a door nothing is sent (--dry-run). */
export interface ImportOptions {
  readonly kind: string;
  readonly file: string;
  readonly mapping: Mapping;
  readonly door: Door | undefined;
  /** Enrol each customer before its first row. */
  readonly enrols: boolean;
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

/** A row's lines: its customer's the first time that it is met, then its own; `met` holds who was. */
const linesOf = (kind: Kind, line: number, { request, account }: Wish, enrols: boolean, met: Set<string>): Sent[] => {
  const isCustomer = kind.command === registerAccount;
  const own: Sent = { line, as: 'row', text: lineOf(kind.command, keyOf(kind.name, request['externalRef'] as Ref), request) };
  const customer = (isCustomer ? request['externalRef'] : request['accountRef']) as Ref | undefined;
  const key = customer && keyOf('account', customer);
  if (!key || met.has(key) || !(account ?? enrols)) return [own];
  met.add(key);
  const onTheWay: Sent[] = [];
  if (account) onTheWay.push({ line, as: 'customer', text: lineOf(registerAccount, key, account) });
  if (enrols) onTheWay.push({ line, as: 'member', text: lineOf(enrol, keyOf('member', customer), { accountRef: customer }) });
  return isCustomer ? [own, ...onTheWay] : [...onTheWay, own];
};

/**
 * Reads a file and sends a command for each row through the batch door. Run again, it doubles nothing.
 * @throws ImportFault where it cannot begin or go on; what was answered until then is done
 */
export const importFile = async ({ kind: name, file, mapping, door, enrols, refused, screen }: ImportOptions): Promise<ImportReport> => {
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
    for (const sent of linesOf(kind, row.line, wish, enrols, met)) await sender.add(sent);
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
