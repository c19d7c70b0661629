import type { Pool, QueryConfig } from 'pg';
import { byteas, int2s, texts } from '@guanxi/event-sourcing/arrays';
import { listen, type Listener } from '@guanxi/event-sourcing/notify';
import { openPool } from '@guanxi/event-sourcing/pool';
import { startWorker, type Worker } from '@guanxi/event-sourcing/worker';
import type { BusRecord, EventBus } from './bus.js';
import { consumePartitions } from './postgres.bus.consume.js';
import { delivered, type MessageRow } from './postgres.bus.row.js';
import { busSchema, readTail, retain } from './postgres.bus.sql.js';

/** How the PostgreSQL bus behaves; times in milliseconds. */
export interface PostgresBusOptions {
  /** How long messages are kept; 7 days. Who comes later is healed from the owner's history. */
  readonly retention?: number;
  /** How long a consumer that hears no NOTIFY waits before it looks. */
  readonly pollMs?: number;
  /** How long one consumer may hold its partitions before others may take them. */
  readonly holdMs?: number;
  readonly onError?: (error: unknown) => void;
}

const week = 7 * 24 * 3_600_000;
const requestTimeout = 10_000;
const makingOfTables = 4_712;

const makeTables = async (pool: Pool): Promise<void> => {
  const { rows } = await pool.query<{ made: boolean }>(
    `select to_regprocedure('bus_publish(text,smallint[],text[],bytea[],text[])') is not null as made`,
  );
  // Services that start together make them once; one text is one transaction.
  if (!rows[0]?.made) await pool.query(`select pg_advisory_xact_lock(${makingOfTables}); ${busSchema}`);
};

/** The bus of the embedded default: one table in one database. @throws where the database cannot be reached */
export const openPostgresBus = async (url: string, options: PostgresBusOptions = {}): Promise<EventBus> => {
  const { retention = week, pollMs = 1_000, holdMs = 30_000, onError = () => undefined } = options;
  const pool = openPool(url, { name: 'guanxi-bus', transactionTimeout: holdMs, max: 20, onError });
  await makeTables(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const readers = new Map<string, Set<Worker>>();
  let ears: Listener | undefined;
  const hear = (topic?: string): void => {
    for (const [name, workers] of readers) if (topic === undefined || topic === name) workers.forEach((it) => it.wake());
  };
  const sweeper = startWorker(
    async () => {
      await pool.query(retain, [retention]);
      return false;
    },
    { pollMs: Math.min(retention / 2, 600_000), onError },
  );

  return {
    ensureTopic: async (topic, partitions) => {
      // It may have been lost since, with everything in it.
      await makeTables(pool);
      const { rows } = await pool.query<{ partitions: number }>(
        `with made as (insert into bus_topics values ($1, $2) on conflict do nothing returning partitions)
         select partitions from made union all select partitions from bus_topics where topic = $1`,
        [topic, partitions],
      );
      const there = rows[0]?.partitions ?? partitions;
      if (there !== partitions) throw new Error(`The topic ${topic} has ${there} partitions, not ${partitions}; the number never changes.`);
    },

    publish: async (topic, records) => {
      const column = <T>(of: (it: BusRecord) => T): T[] => records.map(of);
      const query: QueryConfig & { query_timeout: number } = {
        name: 'bus_publish',
        text: 'select bus_publish($1, $2, $3, $4, $5)',
        values: [
          topic,
          int2s(column((it) => it.partition)),
          column((it) => it.key ?? null),
          byteas(column((it) => it.value)),
          texts(column((it) => JSON.stringify(it.headers))),
        ],
        query_timeout: requestTimeout,
      };
      await pool.query(query);
    },

    consume: (group, topics, handle, reportError = onError) => {
      ears ??= listen(url, ['guanxi_bus'], (_, topic) => hear(topic));
      const loops = topics.map((topic) => {
        const step = consumePartitions(pool, { group, topic, handle, holdMs, onError: reportError });
        const worker = startWorker(step, { pollMs, onError: reportError });
        readers.set(topic, (readers.get(topic) ?? new Set()).add(worker));
        return { topic, worker };
      });
      const close = async (): Promise<void> => {
        loops.forEach(({ topic, worker }) => readers.get(topic)?.delete(worker));
        await Promise.all(loops.map(({ worker }) => worker.stop()));
      };
      return Promise.resolve({ close });
    },

    tail: async (topic, count) => {
      const { rows } = await pool.query<MessageRow>(readTail, [topic, count]);
      return rows.map((row) => delivered(topic, row));
    },

    close: async () => {
      await Promise.all([sweeper.stop(), ears?.close(), ...[...readers.values()].flatMap((them) => [...them].map((it) => it.stop()))]);
      await pool.end();
    },
  };
};
