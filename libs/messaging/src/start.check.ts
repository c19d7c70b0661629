import type { Pool } from 'pg';
import { topicOf, type DeliveredRecord, type EventBus } from './bus.js';
import { placeOf, type Place } from './consumer.rules.js';
import { tailVerdict } from './relay.rules.js';

/** 'foreign': the topic holds what this history does not, and the service must not append. 'unknown': the bus did not answer. */
export interface StartCheck {
  readonly state: 'ours' | 'foreign' | 'unknown';
  /** A sentence for the log; '' where all is well. */
  readonly reason: string;
}

/** How far back from the end of each partition it looks: a late send of an old record may stand at the very end. */
const depth = 10;

const late = (ms: number): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), ms).unref());

/** A record at the end of the topic that the history does not hold, and that no restore is known to have un-happened. */
export interface Foreign extends Place {
  /** When the bus took it, milliseconds since 1970. */
  readonly at: number;
}

/** Looks for the last records of each partition in the history. */
const foreignIn = async (pool: Pool, tail: readonly DeliveredRecord[]): Promise<Foreign[]> => {
  const places = tail.flatMap(({ headers, value, at }) => {
    const place = placeOf(headers);
    return place ? [{ ...place, value, at }] : [];
  });
  const { rows: epochs } = await pool.query<{ id: string; base: string | number }>('select id, base from epochs order by id collate "C"');
  const { rows: own } = await pool.query<{ position: string | number; record: string }>(
    'select position, record::text as record from events where position = any($1)',
    [places.map(({ position }) => position)],
  );
  const texts = new Map(own.map(({ position, record }) => [Number(position), record]));
  const known = epochs.map(({ id, base }) => ({ id, base: Number(base) }));
  return places.filter((it) => {
    const text = texts.get(it.position);
    return tailVerdict(it, text !== undefined && Buffer.from(text).equals(it.value), known) === 'foreign';
  });
};

/** What the end of the topic holds that the history does not. @param depth how many records of each partition are looked at @throws where the bus does not answer in time */
export const foreignTail = async (pool: Pool, bus: EventBus, source: string, depth: number, patienceMs: number): Promise<Foreign[]> =>
  foreignIn(pool, await Promise.race([bus.tail(topicOf(source), depth), late(patienceMs)]));

/** Before the first append: is the tail of the own topic in the own history? Else the database was restored and no epoch begun. */
export const checkStart = async (pool: Pool, bus: EventBus, source: string, patienceMs = 5_000): Promise<StartCheck> => {
  const tail = await Promise.race([bus.tail(topicOf(source), depth), late(patienceMs)]).catch(() => undefined);
  if (!tail) return { state: 'unknown', reason: 'The bus does not answer: nobody knows whether this history is behind its topic.' };
  const [foreign] = await foreignIn(pool, tail);
  if (!foreign) return { state: 'ours', reason: '' };
  return {
    state: 'foreign',
    reason: `Position ${foreign.position} of the topic ${topicOf(source)} is not in this history: after a restore, begin a new epoch first (npm run history -- epoch ${source}).`,
  };
};
