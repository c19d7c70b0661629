import type { Pool } from 'pg';
import { filled } from '@guanxi/contracts/json';
import { uuids } from './arrays.js';
import { coalesced } from './coalesce.js';
import { evolve, type AnyDecider } from './decider.js';
import { casesOf } from './fold.js';
import { ask } from './pool.js';
import { readRecord } from './record.js';
import { newerHistory, type Upcasters } from './upcast.js';

/** A stream as it stands: what its events fold to. */
export interface Folded {
  /** 0 where there is no such stream. */
  readonly version: number;
  /** The account that its first event belongs to, else its own id; undefined where there is no such stream. */
  readonly key: string | undefined;
  readonly state: unknown;
  /** The version that the last known snapshot holds; 0 for none. */
  readonly snapshot: number;
}

/** Reads a stream of one decider from the history. @throws Rejection unavailable where a newer build wrote one of its events */
export type Load = (decider: AnyDecider, id: string) => Promise<Folded>;

// One statement, so that streams, snapshots and events are of one moment.
const statement = {
  name: 'load',
  rowMode: 'array' as const,
  text: /* sql */ `
    with stream as materialized (
      select s.id::text, s.version, s.key::text, n.version as snapshot, n.state::text, s.id as uuid
        from streams s left join snapshots n on n.stream_id = s.id and n.decider = $3 where s.id = any($1) and s.type = $2
    )
    select id, version, key, snapshot, state from stream
    union all
    select id, e.version, null, null, e.record::text
      from stream join events e on e.stream_id = uuid and e.version > coalesce(snapshot, 0)`,
};
type Row = [id: string, version: number, key: string | null, snapshot: number | null, text: string | null];

/** Folds a stream's events, as texts in order, on the state before them. */
const folding = (decider: AnyDecider, upcasters: Upcasters) => {
  const cases = casesOf(decider.events);
  return (state: unknown, text: string): unknown => {
    const record = readRecord(text, upcasters);
    const known = cases.get(record.type);
    if (!known) throw newerHistory(`${record.type} is not in this build's contract.`);
    return evolve(decider, state, known.name, filled(known.payload, record.data));
  };
};

const readerOf = (pool: Pool, decider: AnyDecider, upcasters: Upcasters): ((id: string) => Promise<() => Folded>) => {
  const fold = folding(decider, upcasters);
  const absent: Folded = { version: 0, key: undefined, state: decider.initial, snapshot: 0 };
  const folded = ([, version, key, snapshot, text]: Row, events: readonly Row[]): Folded => {
    const state: unknown = text === null ? (decider.initial as unknown) : JSON.parse(text);
    return {
      version,
      key: key ?? undefined,
      snapshot: snapshot ?? 0,
      state: events.reduce((it, [, , , , event]) => fold(it, event as string), state),
    };
  };
  return coalesced(async (ids) => {
    const rows = await ask<Row>(pool, { ...statement, values: [uuids(ids), decider.stream, decider.version] });
    const streams = new Map<string, { row?: Row; events: Row[] }>(ids.map((id) => [id, { events: [] }]));
    for (const row of rows) {
      const stream = streams.get(row[0]);
      if (row[2] === null) stream?.events.push(row);
      else if (stream) stream.row = row;
    }
    // Folded by whoever asked, so that one stream that can't be read stops no other.
    return ids.map((id) => () => {
      const { row, events = [] } = streams.get(id) ?? {};
      return row
        ? folded(
            row,
            events.sort((a, b) => a[1] - b[1]),
          )
        : absent;
    });
  });
};

/** The loader of a service's database: many cold streams in one query, from their snapshots on. */
export const loader = (pool: Pool, upcasters: Upcasters = {}): Load => {
  const readers = new Map<AnyDecider, ReturnType<typeof readerOf>>();
  return async (decider, id) => {
    const read = readers.get(decider) ?? readerOf(pool, decider, upcasters);
    readers.set(decider, read);
    return (await read(id))();
  };
};
