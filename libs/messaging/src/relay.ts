import type { PoolClient, Pool } from 'pg';
import { startWorker } from '@guanxi/event-sourcing/worker';
import { partitionCount, topicOf, type EventBus } from './bus.js';
import { bytesOf, readAfter, readLast, recordOf, type OwnFact } from './relay.facts.js';
import { cut, mostAtOnce, relayRound, silentPartitions, type RelayAsk } from './relay.rules.js';
import { carryOut, type Part } from './steps.js';

/** A relay at work. */
export interface Relay {
  /** The history grew: `appender.onAppend(relay.wake)`, and at NOTIFY guanxi_head. */
  readonly wake: () => void;
  health(): Part;
  /** Ends after the batch that is under way. */
  stop(): Promise<void>;
}

/** What a relay works with; times in milliseconds. */
export interface RelayOptions {
  /** Of the service's database, with a transaction timeout (30 s) above the bus's request timeout. */
  readonly pool: Pool;
  readonly bus: EventBus;
  /** The service's name. */
  readonly source: string;
  readonly partitions?: number;
  /** After so long without a record in a partition its last one is sent again; 30 s. */
  readonly silenceMs?: number;
  /** How long it lets events gather after it was woken; 2. */
  readonly lingerMs?: number;
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
}

const lock = `select position from checkpoints where name = 'relay' for update skip locked`;
const begin = `insert into checkpoints (name, version, generation, position, seq) values ('relay', 1, 1, 0, 0) on conflict do nothing`;
const move = `update checkpoints set position = $1, updated_at = clock_timestamp() where name = 'relay'`;

const busyMs = 50;

/** Starts the relay: history → topic. Any number of replicas may run; the checkpoint row's lock says whose turn it is. */
export const startRelay = (options: RelayOptions): Relay => {
  const { pool, bus, source, partitions = partitionCount, silenceMs = 30_000, lingerMs = 2, pollMs = 1_000, onError = () => undefined } = options;
  const topic = topicOf(source);
  const lastSent = new Map(Array.from({ length: partitions }, (_, partition) => [partition, Date.now()]));
  let prepared = false;
  let trouble = '';
  /** Since when the oldest event waits that is not sent. */
  let waiting: number | undefined;
  let more = false;
  /** The position that was read last, and what comes after it: read while the bus takes what is before. Positions never change. */
  let end = 0;
  let ahead: { readonly from: number; readonly rows: Promise<OwnFact[]> } | undefined;

  const prepare = async (): Promise<void> => {
    await bus.ensureTopic(topic, partitions);
    await pool.query(begin);
    prepared = true;
  };

  const answers: { [A in RelayAsk<OwnFact> as A['ask']]: (client: PoolClient, ask: A) => Promise<unknown> } = {
    checkpoint: async (client) => {
      const { rows } = await client.query<{ position: string | number }>({ name: 'relay-lock', text: lock });
      return rows[0] && Number(rows[0].position);
    },
    after: async (client, { position }) => {
      const known = ahead?.from === position ? ahead.rows : undefined;
      ahead = undefined;
      const rows = await (known ?? readAfter(client, position));
      const facts = cut(rows, bytesOf);
      waiting = facts[0] && Number(facts[0].at);
      more = rows.length === mostAtOnce.messages || facts.length < rows.length;
      end = facts.at(-1)?.position ?? position;
      return facts;
    },
    last: (client, { partitions: wanted, upTo }) => readLast(client, wanted, upTo),
    publish: async (client, { facts }) => {
      if (more) {
        ahead = { from: end, rows: readAfter(client, end) };
        // Where the publication fails its connection ends, and nobody asks for what was read on it.
        ahead.rows.catch(() => undefined);
      }
      await bus.publish(topic, facts.map(recordOf));
      facts.forEach((it) => lastSent.set(it.partition, Date.now()));
      waiting = undefined;
    },
    move: (client, { position }) => client.query({ name: 'relay-move', text: move, values: [position] }),
  };

  const round = async (client: PoolClient): Promise<void> => {
    await client.query('begin; set local synchronous_commit = off');
    const silent = silentPartitions(lastSent, Date.now(), silenceMs);
    const answer = (ask: RelayAsk<OwnFact>): Promise<unknown> => answers[ask.ask](client, ask as never);
    const sent = await carryOut(relayRound<OwnFact>(silent), answer);
    await client.query('commit');
    // Also of the empty ones, so that they are not asked about at every round.
    if (sent !== undefined) silent.forEach((partition) => lastSent.set(partition, Date.now()));
    // Whoever holds the row may have read before our event was there, and nobody wakes it.
    else setTimeout(() => worker.wake(), busyMs).unref();
  };

  const step = async (): Promise<boolean> => {
    if (lingerMs > 0 && !more) await new Promise((resolve) => setTimeout(resolve, lingerMs));
    more = false;
    if (!prepared) await prepare();
    const client = await pool.connect();
    try {
      await round(client);
      client.release();
      trouble = '';
      return more;
    } catch (error) {
      // Begins again from the checkpoint: the transaction ends with its connection.
      ahead = undefined;
      // The bus may have lost the topic itself.
      prepared = false;
      client.release(true);
      throw error;
    }
  };

  const worker = startWorker(step, {
    pollMs,
    longestPauseMs: 5_000,
    onError: (error) => {
      trouble = 'cannot send to the bus';
      onError(error);
    },
  });
  return {
    wake: () => worker.wake(),
    stop: () => worker.stop(),
    health: () => ({ name: 'relay', ready: true, lagMs: waiting === undefined ? 0 : Math.max(0, Math.round(Date.now() - waiting)), reason: trouble }),
  };
};
