import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { uuid7 } from '@guanxi/event-sourcing/ids';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { openPool } from '@guanxi/event-sourcing/pool';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import type { OwnerHistory } from '../consumer.js';
import type { FreshDatabase } from './bus.contract.js';

/** A service's database with a history that tests write by hand. */
export interface TestService {
  readonly pool: Pool;
  readonly url: string;
  /** As the other services ask it: at most 40 events an answer. */
  readonly history: OwnerHistory;
  /** Appends so many events of the test's keys; gives back the head. */
  append(count: number): Promise<number>;
  /** Takes everything after `head` out of the history, as the restore of a backup does; then begins an epoch if it is said so. */
  restore(head: number, beginsEpoch: boolean): Promise<void>;
  /** Begins anew, in an epoch of its own. */
  reset(): Promise<void>;
  query<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

const keys = Array.from({ length: 12 }, (_, n) => `00000000-0000-4000-8000-0000000000${String(n + 10)}`);
const type = 'guanxi.test.v1.Happened';

/** The text of an event; unique by its id. */
const recordOf = (source: string, key: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id: uuid7(),
    source: `/guanxi/${source}`,
    type,
    subject: `thing/${key}`,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    data: { text: '复杂 "quoted" \\ back' },
  });

/** Makes a database with the kit's tables and a first epoch. */
export const testService = async (freshDatabase: FreshDatabase, source: string, partitions: number): Promise<TestService> => {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await applySchema(client);
  await client.end();
  const pool = openPool(database.url, { name: `test-${source}`, transactionTimeout: 30_000, max: 10 });
  const query = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> => (await pool.query<R>(text, values)).rows;
  const beginEpoch = (): Promise<unknown> => query('insert into epochs select $1, coalesce(max(position), 0) from events', [uuid7()]);
  const reset = async (): Promise<void> => {
    await query('truncate events, checkpoints, epochs, republished cascade');
    await beginEpoch();
  };
  await reset();

  const epochs: OwnerHistory['epochs'] = () => query<{ id: string; base: number }>('select id, base from epochs order by id');
  return {
    pool,
    url: database.url,
    query,
    history: {
      epochs,
      range: async (_, partition, after, upTo) => {
        const events = await query<{ position: number; record: string }>(
          'select position, record::text as record from events where partition = $1 and position > $2 and position <= $3 order by position limit 40',
          [partition, after, upTo],
        );
        return { epoch: (await epochs(source)).at(-1)?.id ?? '', events };
      },
    },
    append: async (count) => {
      const chosen = Array.from({ length: count }, (_, n) => keys[n % keys.length] as string);
      const [row] = await query<{ head: number }>(
        `with head as (select coalesce(max(position), 0) as at from events), added as (
           insert into events select head.at + n, stream, 1, $1, key, partition, clock_timestamp(), record::json
           from head, unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::text[]) with ordinality e(stream, key, partition, record, n) returning position)
         select max(position) as head from added`,
        [type, chosen.map(() => randomUUID()), chosen, chosen.map((key) => partitionOf(key, partitions)), chosen.map((key) => recordOf(source, key))],
      );
      return row?.head ?? 0;
    },
    restore: async (head, beginsEpoch) => {
      await query('delete from events where position > $1', [head]);
      await query(`update checkpoints set position = least(position, $1) where name = 'relay'`, [head]);
      if (beginsEpoch) await beginEpoch();
    },
    reset,
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
};
