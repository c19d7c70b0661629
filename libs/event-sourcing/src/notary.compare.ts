import type { Pool } from 'pg';
import { parseCheckpoint } from './checkpoint.text.js';
import { listEpochs, type Epoch } from './epochs.js';
import { parseNote } from './note.js';
import { rootAt } from './tree.js';

/** A history as whoever compares it sees it. */
export interface Comparable {
  /** Oldest first. */
  readonly epochs: readonly Epoch[];
  /** Its last position. */
  readonly head: number;
  /** The root at a size, at most the head. */
  readonly rootAt: (size: number) => Promise<Buffer>;
}

/** Compares a history with what is known of it elsewhere. @returns why nothing may be signed, '' where it is the same @throws where nobody knows */
export type Compare = (history: Comparable) => Promise<string>;

/** Whether a notary may sign. */
export interface Approval {
  /** The epoch in which the history was compared with all that was signed before, and found the same. */
  epoch(): Promise<string | undefined>;
  /** Why nothing is signed; '' where it is. */
  reason(): string;
}

const unknown = 'the history was not yet compared with what was published';

/** Is this the history that was signed before, whatever became of its database? */
const compareOwn =
  (pool: Pool): Compare =>
  async ({ head, rootAt: rootOf }) => {
    const { rows } = await pool.query<{ note: string }>('select note from notes order by size desc limit 1');
    if (!rows[0]) return '';
    const { size, root } = parseCheckpoint(parseNote(rows[0].note).text);
    if (size > head) return `the history ends at ${head}, but a checkpoint of ${size} events was signed`;
    return (await rootOf(size)).equals(root) ? '' : `the first ${size} events are not those that were signed`;
  };

/** Compares once an epoch, and again each `everyMs` as long as it was not found the same. `onRefusal` is called once for each reason. */
export const approvals = (pool: Pool, compare: Compare, everyMs: number, onRefusal: (reason: string) => void): Approval => {
  let approved: string | undefined;
  let lookedAt = -Infinity;
  let reason = unknown;
  let told = '';
  const look = async (epochs: readonly Epoch[]): Promise<string> => {
    const { rows } = await pool.query<{ head: string | number }>('select coalesce(max(position), 0) as head from events');
    const history: Comparable = { epochs, head: Number(rows[0]?.head), rootAt: (size) => rootAt(pool, size) };
    return (await compareOwn(pool)(history)) || (await compare(history));
  };
  return {
    reason: () => reason,
    epoch: async () => {
      const epochs = await listEpochs(pool);
      const present = epochs.at(-1)?.id;
      if (present === approved) return approved;
      if (approved !== undefined) [approved, reason] = [undefined, unknown];
      if (present === undefined || performance.now() - lookedAt < everyMs) return undefined;
      lookedAt = performance.now();
      reason = await look(epochs);
      if (reason !== '' && reason !== told) onRefusal(reason);
      told = reason;
      if (reason === '') {
        approved = present;
        // The next epoch is looked at without delay.
        lookedAt = -Infinity;
      }
      return approved;
    },
  };
};
