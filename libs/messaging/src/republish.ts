import type { Pool, PoolClient } from 'pg';
import { startWorker } from '@guanxi/event-sourcing/worker';
import { partitionCount, topicOf, type EventBus } from './bus.js';
import { bytesOf, readAfter, recordOf } from './relay.facts.js';
import { cut, mostAtOnce } from './relay.rules.js';
import type { Part } from './steps.js';

/** Sends history once more: for a topic that has lost it. */
export interface Republisher {
  /** Somebody asked for it: look now. */
  wake(): void;
  health(): Part;
  /** Ends after the batch that is under way; another replica, or the next start, goes on. */
  stop(): Promise<void>;
}

/** What it works with; times in milliseconds. */
export interface RepublisherOptions {
  /** Of the service's database, with a transaction timeout (30 s) above the bus's request timeout. */
  readonly pool: Pool;
  readonly bus: EventBus;
  /** The service's name. */
  readonly source: string;
  readonly partitions?: number;
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
}

interface Job {
  readonly id: string;
  /** 0: as far as the relay has come. */
  readonly last: number;
  readonly place: number;
  readonly relayed: number;
}

const asked = `select from republished where state = 'RUNNING'`;
const lock = `select position from checkpoints where name = 'republish' for update skip locked`;
const read = `select id, last, (select position from checkpoints where name = 'republish') as place,
    coalesce((select position from checkpoints where name = 'relay'), 0) as relayed
  from republished where state = 'RUNNING'`;
const relayStands = `select position from checkpoints where name = 'relay' for update`;
const move = `update checkpoints set position = $1, updated_at = clock_timestamp() where name = 'republish'`;
const end = `update republished set state = 'DONE', ended_at = clock_timestamp() where id = $1 and state = 'RUNNING'`;

const jobOf = async (client: PoolClient): Promise<Job | undefined> => {
  // The lock first: what is read in the statement that waits for it is older than the lock.
  if ((await client.query(lock)).rows.length === 0) return undefined;
  const { rows } = await client.query<{ id: string; last: string; place: string; relayed: string }>(read);
  return rows[0] && { id: rows[0].id, last: Number(rows[0].last), place: Number(rows[0].place), relayed: Number(rows[0].relayed) };
};

/** How far this batch may go, and whether nothing is left to do there. */
interface Bound {
  readonly upTo: number;
  readonly last: boolean;
}

/**
 * Where no end was asked for and little is left, the relay stands still meanwhile: what it sends next then follows on what was sent
 * last, so that the topic holds everything in order, also for a reader who cannot fetch.
 */
const boundOf = async (client: PoolClient, { last, place, relayed }: Job): Promise<Bound> => {
  if (last > 0) return { upTo: Math.min(last, relayed), last: relayed >= last };
  if (relayed - place > mostAtOnce.messages) return { upTo: relayed, last: false };
  const { rows } = await client.query<{ position: string }>(relayStands);
  return { upTo: Number(rows[0]?.position ?? 0), last: true };
};

/**
 * Starts the republisher: history → topic again, with the same positions and the present epoch, never ahead of the relay. Any number of
 * replicas may run; the lock of the checkpoint row says whose turn it is.
 */
export const startRepublisher = (options: RepublisherOptions): Republisher => {
  const { pool, bus, source, partitions = partitionCount, pollMs = 1_000, onError } = options;
  const topic = topicOf(source);
  let trouble = '';
  /** The job whose topic is surely there. */
  let prepared: string | undefined;

  const round = async (client: PoolClient): Promise<boolean> => {
    const job = await jobOf(client);
    if (!job) return false;
    if (prepared !== job.id) await bus.ensureTopic(topic, partitions);
    prepared = job.id;
    const { upTo, last } = await boundOf(client, job);
    const facts = cut(await readAfter(client, job.place, upTo), bytesOf).map((it) => ({ ...it, again: true }));
    if (facts.length > 0) await bus.publish(topic, facts.map(recordOf));
    const place = facts.at(-1)?.position ?? job.place;
    if (place > job.place) await client.query(move, [place]);
    if (last && place >= upTo) await client.query(end, [job.id]);
    return place < upTo;
  };

  const step = async (): Promise<boolean> => {
    if ((await pool.query(asked)).rows.length === 0) return false;
    const client = await pool.connect();
    try {
      await client.query('begin; set local synchronous_commit = off');
      const more = await round(client);
      await client.query('commit');
      client.release();
      trouble = '';
      return more;
    } catch (error) {
      // Begins again from its place: the transaction ends with its connection.
      prepared = undefined;
      client.release(true);
      throw error;
    }
  };

  const worker = startWorker(step, {
    pollMs,
    longestPauseMs: 5_000,
    onError: (error) => {
      trouble = 'cannot send to the bus';
      onError?.(error);
    },
  });
  return {
    wake: () => worker.wake(),
    stop: () => worker.stop(),
    health: () => ({ name: 'republish', ready: true, lagMs: 0, reason: trouble }),
  };
};
