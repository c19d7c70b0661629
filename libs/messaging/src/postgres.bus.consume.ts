import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Batch } from './bus.js';
import { delivered, type MessageRow } from './postgres.bus.row.js';
import { mendOffsets, movePartitions, readPartitions, takePartitions } from './postgres.bus.sql.js';

/** One group's reading of one topic. */
export interface Reading {
  readonly group: string;
  readonly topic: string;
  readonly handle: (batch: Batch) => Promise<void>;
  /** The transaction's timeout, after which the partitions' rows are free for others. */
  readonly holdMs: number;
  readonly onError: (error: unknown) => void;
}

/** At once from how many partitions: not all, so that consumers of a group share the work. */
const partitionsAtOnce = 6;
const messagesAtOnce = 100;
const longestRest = 30_000;
/** A call costs more than the few messages in it, so they gather a little where there is no backlog. */
const gatherMs = 10;
const mendMs = 5_000;

/** The consumer no longer holds the partition's row. */
class PartitionLost extends Error {}

/**
 * The step of a consumer: takes the rows of some partitions, hands on what comes after their offsets, moves them, in one transaction
 * whose end sets them free. A partition whose records could not be handled rests, longer each time; the others go on.
 * @returns whether there was anything
 */
export const consumePartitions = (pool: Pool, reading: Reading): (() => Promise<boolean>) => {
  const { group, topic } = reading;
  const failures = new Map<number, { count: number; until: number }>();
  let mendedAt = -Infinity;
  let backlog = true;

  /** At first, and again while there is nothing to do: a bus that lost its tables has lost where the group stood, too. */
  const mended = async (): Promise<boolean> => {
    if (performance.now() - mendedAt < mendMs) return false;
    const { rows } = await pool.query(mendOffsets, [group, topic]);
    mendedAt = performance.now();
    return rows.length > 0;
  };

  /** Hands on one partition's records; undefined where they must come again. */
  const handled = async (partition: number, rows: readonly MessageRow[], heartbeat: () => Promise<void>): Promise<number | undefined> => {
    try {
      await reading.handle({ topic, partition, records: rows.map((row) => delivered(topic, row)), heartbeat });
      failures.delete(partition);
      return rows.at(-1)?.offset;
    } catch (error) {
      if (error instanceof PartitionLost) return undefined;
      const count = (failures.get(partition)?.count ?? 0) + 1;
      failures.set(partition, { count, until: Date.now() + Math.min(longestRest, 50 * 2 ** Math.min(count, 12)) });
      reading.onError(error);
      return undefined;
    }
  };

  const inTransaction = async (client: PoolClient): Promise<boolean> => {
    const until = Date.now() + reading.holdMs * 0.8;
    await client.query('begin; set local synchronous_commit = off');
    const resting = [...failures].filter(([, rest]) => rest.until > Date.now()).map(([partition]) => partition);
    const taken = await client.query<{ partition: number; offset: number }>(takePartitions, [group, topic, resting, partitionsAtOnce]);
    const partitions = taken.rows.map((it) => it.partition);
    if (partitions.length === 0) {
      await client.query('rollback');
      return false;
    }
    const offsets = taken.rows.map((it) => it.offset);
    const { rows } = await client.query<MessageRow>(readPartitions, [topic, partitions, offsets, messagesAtOnce]);
    backlog = rows.length >= messagesAtOnce;
    const heartbeat = async (): Promise<void> => {
      if (Date.now() > until) throw new PartitionLost(`held ${topic} too long`);
      await Promise.resolve();
    };
    const moved = new Map<number, number>();
    const handleOne = async ([partition, its]: [number, MessageRow[]]): Promise<void> => {
      const offset = await handled(partition, its, heartbeat);
      if (offset !== undefined) moved.set(partition, offset);
    };
    // At the same time, so that what they bring is received in one call.
    await Promise.all([...Map.groupBy(rows, (row) => row.partition)].map(handleOne));
    await client.query(movePartitions, [group, topic, [...moved.keys()], [...moved.values()]]);
    await client.query('commit');
    return true;
  };

  return async () => {
    if (mendedAt < 0) await mended();
    if (!backlog) await pause(gatherMs);
    const client = await pool.connect();
    try {
      const more = await inTransaction(client);
      client.release();
      return more || (await mended());
    } catch (error) {
      // Whatever state it is in: the transaction ends with the connection.
      client.release(true);
      throw error;
    }
  };
};
