import type { Pool } from 'pg';
import type {
  GetCheckpointRequest,
  GetConsistencyRequest,
  GetEdgeRequest,
  GetProofRequest,
  ReadCheckpointsRequest,
} from '@guanxi/contracts/guanxi/common/v1/history';
import { parseCheckpoint } from '@guanxi/event-sourcing/checkpoint.text';
import { consistencyStretches, inclusionStretches } from '@guanxi/event-sourcing/merkle.proof';
import { parseNote, verifierText } from '@guanxi/event-sourcing/note';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { edgeAt, rootsOf } from '@guanxi/event-sourcing/tree';
import type { NotarySide } from './notary.side.js';

const most = 1_000;
const notesAfter = 'select note from notes where size > $1 order by size limit $2';
const noteOf = 'select note from notes where size = $1';
const newest = 'select note from notes order by size desc limit 1';
const headNow = 'select coalesce(max(position), 0) as head from events';

const beyond = (asked: number, head: number): Rejection =>
  new Rejection('position-beyond-the-end', 'not-found', `The history ends at position ${head}; ${asked} is not in it.`);
const unknownSize = (size: number): Rejection =>
  new Rejection('checkpoint-unknown', 'not-found', `There is no checkpoint of ${size} events. The list of checkpoints says which sizes there are.`);

/** The rpcs of a service's checkpoints and proofs, over its own database. */
export const proofs = (pool: Pool, notary: Pick<NotarySide, 'sign' | 'verifiers'>) => {
  const one = async (text: string, values: unknown[] = []): Promise<string | undefined> =>
    (await pool.query<{ note: string }>(text, values)).rows[0]?.note;
  const demandHead = async (wanted: number): Promise<number> => {
    const head = Number((await pool.query<{ head: number | string }>(headNow)).rows[0]?.head);
    if (wanted > head) throw beyond(wanted, head);
    return head;
  };
  const signed = async (size: number): Promise<string> => {
    const note = (await one(noteOf, [size])) ?? (await notary.sign(size));
    if (note === undefined) throw new Rejection('notary-refuses', 'unavailable', 'The notary signs nothing now; the service’s health says why.');
    return note;
  };
  const latest = async (): Promise<string> => {
    const note = await one(newest);
    if (note === undefined) throw new Rejection('checkpoint-unknown', 'not-found', 'Nothing was signed yet.');
    return note;
  };
  const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size;
  /** The checkpoint that a proof of an event leads to. */
  const proving = async (position: number, size: number): Promise<string> => {
    if (size > 0) return (await one(noteOf, [size])) ?? Promise.reject(unknownSize(size));
    const head = await demandHead(position);
    const note = await one(newest);
    return note !== undefined && sizeOf(note) >= position ? note : signed(head);
  };
  const paths = async (stretches: Parameters<typeof rootsOf>[1]): Promise<string[]> =>
    (await rootsOf(pool, stretches)).map((it) => it.toString('base64'));

  return {
    readCheckpoints: async ({ after, limit }: ReadCheckpointsRequest): Promise<object> => {
      const { rows } = await pool.query<{ note: string }>(notesAfter, [after, limit || most]);
      return { checkpoints: rows.map((it) => it.note) };
    },
    getCheckpoint: async ({ size }: GetCheckpointRequest): Promise<object> => {
      if (size === '0') return { checkpoint: await latest() };
      await demandHead(Number(size));
      return { checkpoint: await signed(Number(size)) };
    },
    getKeys: (): Promise<object> => Promise.resolve({ keys: notary.verifiers.map(verifierText) }),
    getProof: async (request: GetProofRequest): Promise<object> => {
      const position = Number(request.position);
      if (request.size !== '0' && position > Number(request.size))
        throw new Rejection('sizes-out-of-order', 'invalid', 'The checkpoint is of a time before the event: its size must be the position or more.');
      const checkpoint = await proving(position, Number(request.size));
      const size = sizeOf(checkpoint);
      return { position: String(position), size: String(size), path: await paths(inclusionStretches(position - 1, size)), checkpoint };
    },
    getConsistency: async (request: GetConsistencyRequest): Promise<object> => {
      const from = Number(request.from);
      const to = request.to === '0' ? sizeOf(await latest()) : Number(request.to);
      if (from > to) throw new Rejection('sizes-out-of-order', 'invalid', 'The smaller size goes first: `from` must be `to` or less.');
      await demandHead(to);
      return { from: String(from), to: String(to), path: await paths(consistencyStretches(from, to)) };
    },
    getEdge: async (request: GetEdgeRequest): Promise<object> => {
      await demandHead(Number(request.size));
      const { size, hashes } = await edgeAt(pool, Number(request.size));
      return { size: String(size), hashes: hashes.map((it) => it.toString('hex')) };
    },
  };
};
