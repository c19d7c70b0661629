import type { ClientBase } from 'pg';
import type { BusRecord } from './bus.js';
import { mostAtOnce, type Fact } from './relay.rules.js';

/** One event of the own history as it is read to be sent. */
export interface OwnFact extends Fact {
  /** Sent before; it goes once more. */
  readonly again?: boolean;
  readonly key: string;
  readonly record: string;
  readonly epoch: string | null;
  /** When it was recorded, milliseconds since 1970. */
  readonly at: string;
}

const columns = `position, partition, key, record::text as record, extract(epoch from recorded_at) * 1000 as at,
  (select id from epochs order by id collate "C" desc limit 1) as epoch`;
const before = 'select max(p.position) from events p where p.partition = e.partition and p.position';

const after = `select ${columns}, coalesce(lag(position) over (partition by partition order by position), (${before} <= $1), 0) as prev
  from (select * from events where position > $1 and position <= $3 order by position limit $2) e order by position`;
const last = `select ${columns}, coalesce((${before} < e.position), 0) as prev
  from unnest($1::smallint[]) l(wanted), lateral (
    select * from events where partition = l.wanted and position <= $2 order by position desc limit 1
  ) e`;

const numbered = (row: OwnFact): OwnFact => ({ ...row, position: Number(row.position), prev: Number(row.prev) });

/** What the history holds after a position, ascending: as many as one publication may hold, none above `upTo`. */
export const readAfter = async (client: ClientBase, position: number, upTo: number = Number.MAX_SAFE_INTEGER): Promise<OwnFact[]> =>
  (await client.query<OwnFact>({ name: 'relay-after', text: after, values: [position, mostAtOnce.messages, upTo] })).rows.map(numbered);

/** The last one of each of these partitions, none above `upTo`. */
export const readLast = async (client: ClientBase, partitions: readonly number[], upTo: number): Promise<OwnFact[]> =>
  (await client.query<OwnFact>(last, [partitions, upTo])).rows.map((row) => ({ ...numbered(row), again: true }));

// Of the attributes before the payload only: there, an unescaped `,"data":` cannot stand within a value.
const traceparentOf = (record: string): string | undefined => /,"traceparent":"([0-9a-f-]{55})"/.exec(record.split(',"data":', 1)[0] as string)?.[1];

/** A fact of the history as it is sent. */
export const recordOf = ({ again, position, prev, partition, key, record, epoch }: OwnFact): BusRecord => {
  if (epoch === null) throw new Error('The history has no epoch.');
  // Of what is sent again the trace is over.
  const traceparent = again ? undefined : traceparentOf(record);
  const place = { position: String(position), 'prev-position': String(prev), epoch, 'content-type': 'application/cloudevents+json' };
  return { partition, key, value: Buffer.from(record), headers: traceparent ? { ...place, traceparent } : place };
};

/** How many bytes of one publication a fact takes. */
export const bytesOf = ({ record }: OwnFact): number => Buffer.byteLength(record);
