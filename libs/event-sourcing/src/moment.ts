import type { Pool } from 'pg';
import { invalid, Rejection } from './rejection.js';
import type { Place } from './recorded.js';
import { historyLock } from './schema.js';

/** A moment as somebody names it: a time (RFC 3339 UTC with milliseconds), or right after an own event. */
export type AsOf = { readonly time: string } | { readonly position: number };

/** A moment of a service's recorded order. */
export interface Moment {
  readonly place: Place;
  /** The time that was named, or the one at which the named event was recorded; undefined before the first one. */
  readonly at: string | undefined;
}

type Asking = Pick<Pool, 'query'>;

/** Numbers run from 1 without a gap and the condition holds up to one of them: so the last one is found in some twenty looks. */
const lastOf = (table: 'events' | 'received', number: 'position' | 'seq', condition: string): string => /* sql */ `
  with recursive search (low, high) as (
    select 0::bigint, coalesce((select max(${number}) from ${table}), 0)
    union all
    select case when it.holds then it.middle else s.low end, case when it.holds then s.high else it.middle - 1 end
      from search s
     cross join lateral (select (s.low + s.high + 1) / 2 as middle) m
     cross join lateral (select m.middle, (select ${condition} from ${table} t where t.${number} = m.middle) as holds) it
     where s.low < s.high)
  select low from search where low = high`;

const recordedBy = lastOf('events', 'position', `t.recorded_at <= $1::timestamptz`);
const receivedBy = lastOf('received', 'seq', `date_trunc('milliseconds', t.received_at) <= $1::timestamptz`);
const afterUpTo = lastOf('received', 'seq', `t.after <= $1::bigint`);

const search = async (pool: Asking, text: string, value: unknown): Promise<number> => {
  const { rows } = await pool.query<{ low: string | number }>(text, [value]);
  return Number(rows[0]?.low);
};

/** The last own position that was recorded at a time or before it; 0 where there is none. */
export const positionAt = (pool: Asking, time: string): Promise<number> => search(pool, recordedBy, time);

const atTime = async (pool: Asking, time: string): Promise<Moment> => {
  // Whoever appends now has its time already and is not seen yet: once the lock was free, all up to this time is there.
  const { rows } = await pool.query<{ past: boolean }>(
    `select pg_advisory_xact_lock_shared(${historyLock}), date_trunc('milliseconds', clock_timestamp()) >= $1::timestamptz as past`,
    [time],
  );
  if (!rows[0]?.past) throw invalid('as-of-in-the-future', 'asOf', 'must not lie in the future');
  const position = await positionAt(pool, time);
  const [least, most, heard] = await Promise.all([
    search(pool, afterUpTo, position - 1),
    search(pool, afterUpTo, position),
    search(pool, receivedBy, time),
  ]);
  // What was received is placed by the own event before it, whatever a clock that was set back says.
  return { place: { position, seq: Math.min(Math.max(heard, least), most) }, at: time };
};

const atPosition = async (pool: Asking, position: number): Promise<Moment> => {
  const { rows } = await pool.query<{ head: string | number; at: Date | null }>(
    `select coalesce(max(position), 0) as head, (select recorded_at from events where position = $1) as at from events`,
    [position],
  );
  const head = Number(rows[0]?.head);
  if (position > head) {
    const errors = [{ field: 'asOfPosition', rule: 'position-beyond-the-end', message: `must be ${head} or less` }];
    throw new Rejection('position-beyond-the-end', 'invalid', `The history ends at position ${head}; ${position} is not in it.`, { errors });
  }
  return { place: { position, seq: await search(pool, afterUpTo, position - 1) }, at: rows[0]?.at?.toISOString() };
};

/**
 * Finds a moment: all that was recorded by a time, or all up to an own event with what was received before it.
 * @throws Rejection as-of-in-the-future, position-beyond-the-end
 */
export const momentOf = (pool: Asking, asked: AsOf): Promise<Moment> =>
  'time' in asked ? atTime(pool, asked.time) : atPosition(pool, asked.position);
