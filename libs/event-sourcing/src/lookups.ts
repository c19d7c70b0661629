import type { Pool } from 'pg';
import { byteas, uuids } from './arrays.js';
import { coalesced } from './coalesce.js';
import { ask } from './pool.js';

/** What the history knows of a key. */
export interface FirstAnswer {
  readonly hash: Buffer;
  readonly position: number;
  readonly answer: string;
}

/** What must be read before a refusal leaves: was this command done before, and is the state still the one it was decided on? */
export interface Standing {
  readonly known: FirstAnswer | undefined;
  /** The stream's version; 0 where there is none. */
  readonly version: number;
}

/** Small reads by key, each many at once. */
export interface Lookups {
  /** `key` is the stored key, 32 bytes. */
  standing(key: Buffer | undefined, stream: string): Promise<Standing>;
  /** Is there such a stream? */
  exists(stream: string): Promise<boolean>;
}

type Row = [version: number | null, hash: Buffer | null, position: number | null, answer: string | null];

// No key is empty, so an empty one finds nothing.
const none = Buffer.alloc(0);
const standing = {
  name: 'standing',
  rowMode: 'array' as const,
  text: /* sql */ `
    select s.version, c.hash, c.position, c.answer
      from unnest($1::bytea[], $2::uuid[]) with ordinality w(key, stream, n)
      left join streams s on s.id = w.stream left join commands c on c.key = w.key order by w.n`,
};
const existing = { name: 'exists', rowMode: 'array' as const, text: 'select id::text from streams where id = any($1)' };

/** The lookups of a service's database. Streams never vanish, so those that were found are remembered, `memory` of them. */
export const lookups = (pool: Pool, memory = 100_000): Lookups => {
  const found = new Set<string>();
  const look = coalesced<string, boolean>(async (ids) => {
    const rows = await ask<[string]>(pool, { ...existing, values: [uuids(ids)] });
    if (found.size > memory) found.clear();
    rows.forEach(([id]) => found.add(id));
    return ids.map((id) => found.has(id));
  });
  return {
    standing: coalescedStanding(pool),
    exists: async (stream) => found.has(stream) || look(stream),
  };
};

const coalescedStanding = (pool: Pool): Lookups['standing'] => {
  const read = coalesced<{ key: Buffer; stream: string }, Standing>(async (items) => {
    const values = [byteas(items.map((it) => it.key)), uuids(items.map((it) => it.stream))];
    const rows = await ask<Row>(pool, { ...standing, values });
    return rows.map(([version, hash, position, answer]) => ({
      version: version ?? 0,
      known: hash === null ? undefined : { hash, position: position as number, answer: answer as string },
    }));
  });
  return (key = none, stream) => read({ key, stream });
};
