import type { ClientBase } from 'pg';

/** A place in the recorded order: the last own position and the last received number before it. Both 0 is the beginning. */
export interface Place {
  readonly position: number;
  readonly seq: number;
}

/** Before the first entry. */
export const beginning: Place = { position: 0, seq: 0 };
/** Are these one place? */
export const samePlace = (a: Place, b: Place): boolean => a.position === b.position && a.seq === b.seq;

/** Is `a` before `b`? Both parts only ever grow together, since each is the end of a prefix of one order. */
export const isBefore = (a: Place, b: Place): boolean => a.position < b.position || a.seq < b.seq;

/** Does an entry come after a place? */
export const isAfter = (entry: Pick<Entry, 'position' | 'seq'>, { position, seq }: Place): boolean =>
  entry.seq === 0 ? entry.position > position : entry.seq > seq;

/** One line of the recorded order. */
export interface Entry {
  /** Own: its position. Received: the history's head when it was received. */
  readonly position: number;
  /** 0 for own events, else its number among the received. */
  readonly seq: number;
  readonly type: string;
  /** The record's exact text; absent where the type was not asked for. */
  readonly record: string | undefined;
}

// A text that nobody folds stays in the database, and the place still moves past it.
const statement = {
  name: 'recorded-read',
  rowMode: 'array' as const,
  text: /* sql */ `
    select pos, seq, type, record from (
      (select position as pos, 0::bigint as seq, type, case when type = any($4) then record::text end as record
         from events where position > $1 and position <= $5 order by position limit $3)
      union all
      (select after, seq, type, case when type = any($4) then record end
         from received where seq > $2 and seq <= $6 order by seq limit $3)
    ) x order by pos, seq limit $3`,
};

const endless = Number.MAX_SAFE_INTEGER;

/**
 * Reads own and received events in the one order in which this service recorded them, from after `from` up to `upTo`.
 * Stable: what one read left out, no later read finds before what it gave (protocol.md §5).
 */
export const readRecorded = async (
  client: Pick<ClientBase, 'query'>,
  from: Place,
  limit: number,
  types: readonly string[],
  upTo: Place = { position: endless, seq: endless },
): Promise<Entry[]> => {
  const values = [from.position, from.seq, limit, types, upTo.position, upTo.seq];
  const { rows } = await client.query<[string, string, string, string | null]>({ ...statement, values });
  return rows.map(([position, seq, type, record]) => ({ position: Number(position), seq: Number(seq), type, record: record ?? undefined }));
};

/** The place after these entries were taken from `from`. */
export const placeAfter = (from: Place, entries: readonly Entry[]): Place => ({
  position: entries.findLast((it) => it.seq === 0)?.position ?? from.position,
  seq: entries.findLast((it) => it.seq !== 0)?.seq ?? from.seq,
});

/** The end of the recorded order now. */
export const endOfRecorded = async (client: Pick<ClientBase, 'query'>): Promise<Place> => {
  const text = 'select (select coalesce(max(position), 0) from events), (select coalesce(max(seq), 0) from received)';
  const { rows } = await client.query<[string, string]>({ text, rowMode: 'array' });
  const [position, seq] = rows[0] ?? ['0', '0'];
  return { position: Number(position), seq: Number(seq) };
};
