import type { Pool } from 'pg';
import type { Positioned } from './history.js';
import { positionAt } from './moment.js';

/** Which of a customer's events are wanted, in which order. */
export interface CustomerRange {
  /** The account's id, and the partition that its events are in. */
  readonly key: string;
  readonly partition: number;
  /** Recorded from (inclusive) and to (exclusive) these times, RFC 3339 UTC with milliseconds. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Goes on after this position in the order asked for; 0 begins. */
  readonly after: number;
  readonly limit: number;
  readonly newestFirst: boolean;
}

type Asking = Pick<Pool, 'query'>;

const statement = (direction: 'asc' | 'desc') => ({
  name: `history-customer-${direction}`,
  rowMode: 'array' as const,
  text: `select position, record::text from events
          where partition = $1 and key = $2 and position > $3 and position < $4 order by position ${direction} limit $5`,
});
const statements = { asc: statement('asc'), desc: statement('desc') };
const any = { name: 'history-customer-any', text: 'select exists (select from events where partition = $1 and key = $2) as known' };
const ofStream = {
  name: 'history-stream',
  rowMode: 'array' as const,
  text: 'select position, record::text from events where stream_id = $1 and version > $2 order by version limit $3',
};

const positioned = ([position, record]: readonly [string | number, string]): Positioned => ({ position: Number(position), record });

/** The last position that was recorded before a time. */
const before = (pool: Asking, time: string): Promise<number> => positionAt(pool, new Date(Date.parse(time) - 1).toISOString());

/** A customer's events: those of all streams that belong to the account, by position. */
export const eventsOfCustomer = async (pool: Asking, range: CustomerRange): Promise<Positioned[]> => {
  const { key, partition, from, to, after, limit, newestFirst } = range;
  let low = from === undefined ? 0 : await before(pool, from);
  let high = to === undefined ? Number.MAX_SAFE_INTEGER : (await before(pool, to)) + 1;
  if (after > 0 && newestFirst) high = Math.min(high, after);
  else low = Math.max(low, after);
  const values = [partition, key, low, high, limit];
  const { rows } = await pool.query<[string, string]>({ ...statements[newestFirst ? 'desc' : 'asc'], values });
  return rows.map(positioned);
};

/** Has anything been recorded of this customer? */
export const knowsCustomer = async (pool: Asking, key: string, partition: number): Promise<boolean> =>
  (await pool.query<{ known: boolean }>({ ...any, values: [partition, key] })).rows[0]?.known === true;

/** A stream's events, from after a version. */
export const eventsOfStream = async (pool: Asking, stream: string, after: number, limit: number): Promise<Positioned[]> => {
  const { rows } = await pool.query<[string, string]>({ ...ofStream, values: [stream, after, limit] });
  return rows.map(positioned);
};
