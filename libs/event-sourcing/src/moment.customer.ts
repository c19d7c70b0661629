import type { ClientBase } from 'pg';
import type { Entry, Place } from './recorded.js';

type Asking = Pick<ClientBase, 'query'>;
type Line = [position: string | number, seq: string | number, type: string, record: string];

// A subject stands before everything that a person wrote.
const subject = `substring(record from '"subject":"([^"]*)"')`;

const ownStreams = `select distinct stream_id::text as stream from public.events where position <= $1 and strpos(record::text, $2) > 0`;
const own = {
  rowMode: 'array' as const,
  text: `select position, 0, type, record::text from public.events where stream_id = any($1::uuid[]) and position <= $2 and type = any($3) order by position`,
};
const heardStreams = `
  select distinct coalesce(key, '') as key, ${subject} as stream from public.received where seq <= $1 and strpos(record, $2) > 0`;
const heard = {
  rowMode: 'array' as const,
  text: `select after, seq, type, record from public.received
          where coalesce(key, '') = any($1) and seq <= $2 and type = any($3) and ${subject} = any($4) order by seq`,
};

const inOrder = (a: Entry, b: Entry): number => a.position - b.position || a.seq - b.seq;
const entry = ([position, seq, type, record]: Line): Entry => ({ position: Number(position), seq: Number(seq), type, record });

/**
 * The part of the recorded order up to a place that an account's own rows depend on: all events of every stream, own or received,
 * of which one event holds the account's id. Reads each text once and parses none.
 */
export const entriesOf = async (client: Asking, customer: string, { position, seq }: Place, types: readonly string[]): Promise<Entry[]> => {
  const id = customer.toLowerCase();
  const { rows: streams } = await client.query<{ stream: string }>(ownStreams, [position, id]);
  const mine = await client.query<Line>({ ...own, values: [streams.map((it) => it.stream), position, types] });
  const { rows: subjects } = await client.query<{ key: string; stream: string | null }>(heardStreams, [seq, id]);
  const [keys, names] = [[...new Set(subjects.map((it) => it.key))], subjects.map((it) => it.stream)];
  const others = subjects.length > 0 ? await client.query<Line>({ ...heard, values: [keys, seq, types, names] }) : { rows: [] };
  return [...mine.rows, ...others.rows].map(entry).sort(inOrder);
};
