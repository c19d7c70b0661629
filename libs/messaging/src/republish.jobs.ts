import type { Pool, PoolClient } from 'pg';
import { uuid7 } from '@guanxi/event-sourcing/ids';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';

/** A stretch of history that is sent once more. */
export interface Republication {
  readonly id: string;
  readonly state: 'RUNNING' | 'DONE' | 'STOPPED';
  readonly first: number;
  /** 0: as far as the relay has come. */
  readonly last: number;
  /** The last position that was sent. */
  readonly place: number;
  /** Where it ends, as far as is known now. */
  readonly end: number;
  /** From its beginning to its end, or to now. */
  readonly seconds: number;
  readonly begunAt: Date;
  readonly endedAt: Date | null;
}

const prepare = `insert into checkpoints (name, version, generation, position, seq) values ('republish', 1, 1, 0, 0) on conflict do nothing`;
const stand = `select from checkpoints where name = 'republish' for update`;
const begin = `insert into republished (id, first, last) values ($1, $2, $3) on conflict (state) where state = 'RUNNING' do nothing`;
const place = `update checkpoints set position = $1, updated_at = clock_timestamp() where name = 'republish'`;
const stop = `update republished set state = 'STOPPED', ended_at = clock_timestamp() where state = 'RUNNING'`;
const newest = `select id, state, first, last, begun_at as "begunAt", ended_at as "endedAt",
    extract(epoch from coalesce(ended_at, clock_timestamp()) - begun_at)::float8 as seconds,
    (select position from checkpoints where name = 'republish') as place,
    case when last > 0 then last else coalesce((select position from checkpoints where name = 'relay'), 0) end as "end"
  from republished order by begun_at desc limit 1`;

const running = (): Rejection =>
  new Rejection('republish-running', 'conflict', 'History is being sent again already: wait for its end, or stop it first.');

const inTransaction = async (pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
    client.release();
  } catch (error) {
    // The transaction ends with its connection.
    client.release(true);
    throw error;
  }
};

/** The newest republication, under way or over. @throws Rejection not-found where there never was one */
export const getRepublication = async (pool: Pool): Promise<Republication> => {
  const { rows } = await pool.query<Republication>(newest);
  if (!rows[0]) throw new Rejection('republish-unknown', 'not-found', 'Nothing of this history was ever sent again.');
  const { first, last, place: at, end, ...rest } = rows[0];
  return { ...rest, first: Number(first), last: Number(last), place: Number(at), end: Number(end) };
};

/**
 * Asks for the positions `first` to `last` (0: as far as the relay has come) to be sent again; whoever runs a republisher does it.
 * @throws Rejection where another one is under way, or the history is shorter
 */
export const beginRepublish = async (pool: Pool, first: number, last: number): Promise<Republication> => {
  if (last > 0 && first > last) throw invalid('range-backwards', 'from', 'The first position must not be above the last one.');
  const { rows } = await pool.query<{ head: string; busy: boolean }>(
    `select coalesce(max(position), 0) as head, exists (select from republished where state = 'RUNNING') as busy from events`,
  );
  const head = Number(rows[0]?.head);
  const wanted = Math.max(first, last);
  if (wanted > head) throw new Rejection('position-beyond-the-end', 'not-found', `The history ends at position ${head}; ${wanted} is not in it.`);
  if (rows[0]?.busy) throw running();
  await inTransaction(pool, async (client) => {
    await client.query(prepare);
    // A batch of one that was stopped may still be on its way; it moves the place.
    await client.query(stand);
    if ((await client.query(begin, [uuid7(), first, last])).rowCount === 0) throw running();
    await client.query(place, [first - 1]);
  });
  return getRepublication(pool);
};

/** Ends the one that is under way, after its batch; does nothing where there is none. */
export const stopRepublish = async (pool: Pool): Promise<Republication> => {
  await pool.query(stop);
  return getRepublication(pool);
};
