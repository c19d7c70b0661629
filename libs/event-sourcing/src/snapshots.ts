import type { Pool } from 'pg';
import { coalesced } from './coalesce.js';
import type { AnyDecider } from './decider.js';
import type { Folded } from './loader.js';

/** How many events a load folds at most, where snapshots are written in time: a load costs what twenty events cost. */
export const snapshotEvery = 20;

interface Snapshot {
  readonly id: string;
  readonly version: number;
  readonly decider: number;
  readonly state: unknown;
}

// A lost snapshot is folded again; only the commit's own wait is switched off, for this transaction.
const statement = {
  name: 'snapshots-write',
  text: /* sql */ `
    with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
    insert into snapshots (stream_id, version, decider, state)
    select distinct on (id) id, version, decider, state::json from unnest($1::uuid[], $2::int[], $3::int[], $4::text[]) s(id, version, decider, state), unhurried
     order by id, version desc
    on conflict (stream_id) do update set version = excluded.version, decider = excluded.decider, state = excluded.state
     where snapshots.decider <> excluded.decider or snapshots.version < excluded.version`,
};

/** Keeps the state of long streams, so that loading one costs the same whatever its length. */
export interface Snapshots {
  /** Writes the state if enough has happened since the last snapshot; never waits, never fails. Gives back the version now kept. */
  offer(decider: AnyDecider, id: string, folded: Omit<Folded, 'key'>): number;
  /** Ends when what was offered is written. */
  close(): Promise<void>;
}

/** Snapshots of a service's database. A failed write costs a longer load, nothing else. */
export const snapshots = (pool: Pool, onError: (error: unknown) => void = () => undefined): Snapshots => {
  const write = coalesced<Snapshot, void>(
    async (all) => {
      const column = <K extends keyof Snapshot>(name: K): Snapshot[K][] => all.map((it) => it[name]);
      await pool.query({ ...statement, values: [column('id'), column('version'), column('decider'), all.map((it) => JSON.stringify(it.state))] });
      return [];
    },
    { lanes: 1 },
  );
  const writing = new Set<Promise<void>>();
  return {
    offer: (decider, id, { version, state, snapshot }) => {
      if (version - snapshot < snapshotEvery) return snapshot;
      const written = write({ id, version, decider: decider.version, state })
        .catch(onError)
        .finally(() => writing.delete(written));
      writing.add(written);
      return version;
    },
    close: async () => void (await Promise.all(writing)),
  };
};
