import type { ClientBase } from 'pg';
import { interpret, type Contracts, type Interpreted, type ReadRecordText } from './interpret.js';
import { readRecorded, type Place } from './recorded.js';

/** A stretch of the recorded order, read and interpreted. */
export interface Page extends Interpreted {
  readonly from: Place;
  /** Was it as long as it might be? */
  readonly full: boolean;
  /** May there be more at once? So after a full one, and after one that was read before the checkpoints were held. */
  readonly more: boolean;
}

/** What pages are read for. */
export interface Reading {
  readonly contracts: Contracts;
  readonly read: ReadRecordText;
  /** How many entries at most. */
  readonly limit: number;
  /** Full names of the events whose text is wanted. */
  readonly types: readonly string[];
}

/** Reads the page after `from`, no further than `upTo`. */
export const readPage = async (
  client: Pick<ClientBase, 'query'>,
  from: Place,
  { contracts, read, limit, types }: Reading,
  upTo?: Place,
): Promise<Page> => {
  const entries = await readRecorded(client, from, limit, types, upTo);
  const full = entries.length === limit;
  return { ...interpret(entries, from, contracts, read), from, full, more: full };
};

/** A page that is read while the one before is being written: what was recorded never changes, so it stays good. */
export interface Ahead {
  readonly from: Place;
  readonly types: readonly string[];
  /** Undefined where it could not be read. */
  readonly page: Promise<Page | undefined>;
}

/** Begins to read ahead, on a connection of `pool`. */
export const readAhead = (pool: Pick<ClientBase, 'query'>, from: Place, reading: Reading): Ahead => ({
  from,
  types: reading.types,
  page: readPage(pool, from, reading).then(
    (page) => ({ ...page, more: true }),
    () => undefined,
  ),
});
