import type { Pool } from 'pg';
import { uuid7 } from './ids.js';
import { historyLock } from './schema.js';

/** A time of the history without a restore. */
export interface Epoch {
  /** UUIDv7; compared as text, the greatest is the present one. */
  readonly id: string;
  /** The last position that it shares with the epoch before. */
  readonly base: number;
}

/** All epochs, oldest first. */
export const listEpochs = async (pool: Pool): Promise<Epoch[]> => {
  const { rows } = await pool.query<{ id: string; base: number }>('select id, base from epochs order by id collate "C"');
  return rows.map(({ id, base }) => ({ id, base: Number(base) }));
};

const insert = async (pool: Pool, base: string): Promise<number> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // What follows is read by a later statement, which sees what was committed while this one waited.
    await client.query('select pg_advisory_xact_lock($1)', [historyLock]);
    const { rowCount } = await client.query(`insert into epochs (id, base) ${base}`, [uuid7()]);
    await client.query('commit');
    return rowCount ?? 0;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
};

/** The present epoch; a history without one begins its first, which shares nothing with one before: base 0. */
export const presentEpoch = async (pool: Pool): Promise<Epoch> => {
  if ((await listEpochs(pool)).length === 0) await insert(pool, 'select $1, 0 where not exists (select from epochs)');
  return (await listEpochs(pool)).at(-1) as Epoch;
};

/**
 * Begins a new epoch after a restore, before any append: its base is the head now.
 * @param expected where whoever begins it saw the history end
 * @throws Error where it ends elsewhere by now: somebody appends to it
 */
export const beginEpoch = async (pool: Pool, expected?: number): Promise<Epoch> => {
  const head = '(select coalesce(max(position), 0) as head from events) h';
  const begun = await insert(pool, `select $1, head from ${head}${expected === undefined ? '' : ` where head = ${Math.trunc(expected)}`}`);
  if (begun === 0) throw new Error(`The history does not end at position ${expected} any more: somebody appends to it.`);
  return (await listEpochs(pool)).at(-1) as Epoch;
};
