import type { Pool, PoolClient } from 'pg';
import { emptyEdge, extend, leafHash, type Edge, type Grown } from './merkle.js';
import { approvals, type Compare } from './notary.compare.js';
import { checkpointSigner, type Signing } from './notary.note.js';
import { edgeAt, keepGrown } from './tree.js';
import { startWorker } from './worker.js';

/** What the notary works with. */
export interface NotaryOptions extends Signing {
  /** Of workers: a transaction may take 30 s. */
  readonly pool: Pool;
  /** With what was published; where it throws, nothing is signed until it is known. */
  readonly compare: Compare;
  readonly onError?: (error: unknown) => void;
  /** Called once for each reason why it signs nothing. */
  readonly onRefusal?: (reason: string) => void;
  /** There is a new checkpoint. */
  readonly onSigned?: () => void;
  /** How often it looks for new events; 1,000 ms. */
  readonly pollMs?: number;
  /** How often it compares again while it may not sign; 10,000 ms, since that asks the bus. */
  readonly compareMs?: number;
}

/** A notary at work. */
export interface Notary {
  /** `reason` says why nothing is signed; that makes nobody unready. */
  health(): { name: string; ready: boolean; lagMs: number; reason: string };
  /** The signed checkpoint of a size, also an earlier one. @returns undefined where the history is shorter, or nothing may be signed now */
  sign(size: number): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** A checkpoint is signed after so many events at the latest. */
const eventsANote = 1_000;

const begin = `insert into checkpoints (name, version, generation, position, seq) values ('notary', 1, 1, 0, 0) on conflict do nothing`;
const lock = `select position from checkpoints where name = 'notary' for update skip locked`;
const move = `update checkpoints set position = $1, updated_at = clock_timestamp() where name = 'notary'`;
const next = `select record::text as record, extract(epoch from clock_timestamp() - recorded_at) * 1000 as age from events
  where position > $1 order by position limit ${eventsANote}`;
const noteAt = 'select note from notes where size = $1';
const headNow = 'select coalesce(max(position), 0) as head from events';

const keep = (client: PoolClient, size: number, note: string): Promise<unknown> =>
  client.query('insert into notes (size, note) values ($1, $2) on conflict do nothing', [size, note]);

/**
 * Starts the notary: it keeps the right edge of the tree over the service's own events, and signs. Any number of replicas may run; the
 * lock of the checkpoint row says whose turn it is. Nothing that a command waits for is touched.
 */
export const startNotary = (options: NotaryOptions): Notary => {
  const { pool, compare, pollMs = 1_000, compareMs = 10_000 } = options;
  const { onError = () => undefined, onRefusal = () => undefined, onSigned = () => undefined } = options;
  const approval = approvals(pool, compare, compareMs, onRefusal);
  const signed = checkpointSigner(options);
  let edge: Edge = emptyEdge;
  let [trouble, lagMs] = ['', 0];

  const inTransaction = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const done = await work(client);
      await client.query('commit');
      client.release();
      return done;
    } catch (error) {
      // Whatever state it is in: the transaction ends with its connection.
      client.release(true);
      throw error;
    }
  };

  const round = async (client: PoolClient, epoch: string): Promise<boolean> => {
    const { rows: held } = await client.query<{ position: string | number }>(lock);
    if (!held[0]) return false;
    const position = Number(held[0].position);
    if (edge.size !== position) edge = await edgeAt(client, position);
    const { rows } = await client.query<{ record: string; age: string | number }>(next, [position]);
    lagMs = Math.max(0, Math.round(Number(rows[0]?.age ?? 0)));
    if (rows.length === 0) return false;
    const grown: Grown[] = [];
    const leaves = rows.map(({ record }) => leafHash(record));
    const wider = extend(edge, leaves, (it) => grown.push(it));
    const note = await signed(client, epoch, wider);
    if (note === undefined) return false;
    await keepGrown(client, grown);
    await keep(client, wider.size, note);
    await client.query(move, [wider.size]);
    edge = wider;
    return rows.length === eventsANote;
  };

  let prepared = false;
  const step = async (): Promise<boolean> => {
    if (!prepared) await pool.query(begin);
    prepared = true;
    const epoch = await approval.epoch();
    const before = edge.size;
    const more = epoch !== undefined && (await inTransaction((client) => round(client, epoch)));
    if (edge.size > before) onSigned();
    trouble = '';
    return more;
  };

  const signAt = async (client: PoolClient, size: number, epoch: string | undefined): Promise<string | undefined> => {
    const known = async (): Promise<string | undefined> => (await client.query<{ note: string }>(noteAt, [size])).rows[0]?.note;
    const there = await known();
    const { rows } = await client.query<{ head: string | number }>(headNow);
    if (there !== undefined || epoch === undefined || size > Number(rows[0]?.head)) return there;
    const note = await signed(client, epoch, await edgeAt(client, size));
    if (note !== undefined) await keep(client, size, note);
    return known();
  };

  const worker = startWorker(step, {
    pollMs,
    onError: (error) => {
      trouble = 'cannot sign now, tries again';
      onError(error);
    },
  });
  return {
    health: () => ({ name: 'notary', ready: true, lagMs, reason: approval.reason() === '' ? trouble : `signs nothing: ${approval.reason()}` }),
    sign: async (size) => {
      const epoch = await approval.epoch();
      const note = await inTransaction((client) => signAt(client, size, epoch));
      onSigned();
      return note;
    },
    stop: () => worker.stop(),
  };
};
