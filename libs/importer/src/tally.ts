import { closeSync, openSync, writeSync } from 'node:fs';
import type { Problem } from './door.js';
import { RowRefused } from './fault.js';

/** A row that did not become a fact. */
export interface Refusal {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** The numbers of an import. */
export interface Counts {
  /** Data rows of the file. */
  rows: number;
  /** Rows that became facts now. */
  done: number;
  /** Rows that were facts before. */
  again: number;
  /** Rows passed over by --skip-if. */
  skipped: number;
  refused: number;
  /** Customers registered on the way. */
  registered: number;
  /** Customers that were registered before. */
  known: number;
  /** Customers enrolled on the way. */
  enrolled: number;
  /** Customers that were members before. */
  members: number;
}

const shown = 10;

/** What a problem of the batch door says of a row: the command's field, a stable reason, a sentence. */
export const refusalOf = (line: number, { type = '', detail = '', errors = [] }: Problem): Refusal => {
  const [first] = errors;
  const reason = type.slice(type.lastIndexOf('/') + 1) || 'refused';
  return {
    line,
    field: first?.field ?? '',
    reason,
    message: first ? `${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}` : detail,
  };
};

const quoted = (cell: string | number): string => (/[",\r\n]/.test(`${cell}`) ? `"${`${cell}`.replaceAll('"', '""')}"` : `${cell}`);

/** Counts what became of the rows; writes refusals to a CSV file, and keeps how many there were of each reason. */
export class Tally {
  readonly counts: Counts = { rows: 0, done: 0, again: 0, skipped: 0, refused: 0, registered: 0, known: 0, enrolled: 0, members: 0 };
  private readonly file: number | undefined;
  private readonly reasons = new Map<string, { count: number; first: Refusal }>();

  constructor(file: string | undefined) {
    this.file = file === undefined ? undefined : openSync(file, 'w');
    if (this.file !== undefined) writeSync(this.file, 'line,field,reason,message\n');
  }

  refuse(refusal: Refusal): void {
    this.counts.refused++;
    const key = `${refusal.reason} ${refusal.field}`;
    const known = this.reasons.get(key);
    if (known) known.count++;
    else this.reasons.set(key, { count: 1, first: refusal });
    const { line, field, reason, message } = refusal;
    if (this.file !== undefined) writeSync(this.file, `${[line, field, reason, message].map(quoted).join(',')}\n`);
  }

  /** Does a row's work; one that cannot become a command is refused, everything else is thrown on. */
  async attempt(line: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      const { field, reason, message } = error;
      this.refuse({ line, field, reason, message });
    }
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }

  /** Rows of which it is known what became of them. */
  get settled(): number {
    const { done, again, skipped, refused } = this.counts;
    return done + again + skipped + refused;
  }

  /** Refusals by reason, the most frequent first, each with the first line that it befell. */
  summary(): string[] {
    const all = [...this.reasons.values()].sort((a, b) => b.count - a.count);
    const lines = all.slice(0, shown).map(({ count, first: { line, field, reason, message } }) => {
      return `  ${count} × ${reason}${field && ` (${field})`}, first in line ${line}: ${message}`;
    });
    return all.length > shown ? [...lines, `  and ${all.length - shown} more reasons`] : lines;
  }
}
