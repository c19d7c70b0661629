import type { Pool } from 'pg';

/** A range of a history. */
export interface Range {
  /** The position before the first one wanted. */
  readonly after: number;
  readonly limit: number;
  /** Only this partition's. */
  readonly partition?: number;
  /** The last position wanted. */
  readonly upTo?: number;
}

/** One event of a history. */
export interface Positioned {
  readonly position: number;
  /** Its exact text. */
  readonly record: string;
}

/** Reads a service's own events by position. */
export interface History {
  read(range: Range): Promise<Positioned[]>;
  /** Waits up to `ms` for the first event of a range that is empty yet; `signal` ends the wait. */
  await(range: Range, ms: number, signal?: AbortSignal): Promise<Positioned[]>;
  /** The last position; 0 where there is none. */
  head(): Promise<number>;
}

const wanted = 'position > $1 and position <= $2';
const statement = (name: string, where: string) => ({
  name,
  rowMode: 'array' as const,
  text: `select position, record::text from events where ${where} order by position limit $3`,
});
const whole = statement('history', wanted);
const ofPartition = statement('history-partition', `${wanted} and partition = $4`);
const greatest = Number.MAX_SAFE_INTEGER;
/** Also looks by itself: a signal may be lost. */
const lookMs = 1_000;

/**
 * The history of a service's database.
 * @param onHead calls back whenever the history may have grown, and gives back how to stop it
 */
export const history = (pool: Pool, onHead: (listener: () => void) => () => void = () => () => undefined): History => {
  const read: History['read'] = async ({ after, limit, partition, upTo = greatest }) => {
    const query = partition === undefined ? { ...whole, values: [after, upTo, limit] } : { ...ofPartition, values: [after, upTo, limit, partition] };
    const { rows } = await pool.query<[number, string]>(query);
    return rows.map(([position, record]) => ({ position: Number(position), record }));
  };
  return {
    read,
    await: async (range, ms, signal) => {
      const until = performance.now() + ms;
      let rouse = (): void => undefined;
      let grown = false;
      const heard = (): void => {
        grown = true;
        rouse();
      };
      const stop = onHead(heard);
      signal?.addEventListener('abort', heard);
      try {
        for (;;) {
          grown = false;
          const rows = await read(range);
          const left = until - performance.now();
          if (rows.length > 0 || left <= 0 || signal?.aborted) return rows;
          if (!grown) await sleep(Math.min(left, lookMs), (wake) => (rouse = wake));
        }
      } finally {
        stop();
        signal?.removeEventListener('abort', heard);
      }
    },
    head: async () => {
      const { rows } = await pool.query<[number]>({ name: 'head', rowMode: 'array', text: 'select coalesce(max(position), 0) from events' });
      return Number(rows[0]?.[0]);
    },
  };
};

const sleep = (ms: number, waker: (wake: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    waker(() => {
      clearTimeout(timer);
      resolve();
    });
  });
