import type { Pool } from 'pg';
import { byteas, texts, uuids } from './arrays.js';
import { coalesced } from './coalesce.js';
import { ask } from './pool.js';
import { isUuid } from './target.js';

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
  /** `key` is the stored key, 32 bytes; `type` the aggregate's name. */
  standing(key: Buffer | undefined, stream: string, type: string): Promise<Standing>;
  /** The aggregate's name of a stream; undefined where there is no such stream. */
  typeOf(stream: string): Promise<string | undefined>;
}

type Row = [version: number | null, hash: Buffer | null, position: number | null, answer: string | null];

// No key is empty, so an empty one finds nothing.
const none = Buffer.alloc(0);
const standings = {
  name: 'standing',
  rowMode: 'array' as const,
  text: /* sql */ `
    select s.version, c.hash, c.position, c.answer
      from unnest($1::bytea[], $2::uuid[], $3::text[]) with ordinality w(key, stream, type, n)
      left join streams s on s.id = w.stream and s.type = w.type left join commands c on c.key = w.key order by w.n`,
};
const types = { name: 'types', rowMode: 'array' as const, text: 'select id::text, type from streams where id = any($1)' };

/** The lookups of a service's database. Streams never vanish, so those that were found are remembered, `memory` of them. */
export const lookups = (pool: Pool, memory = 100_000): Lookups => {
  const found = new Map<string, string>();
  const look = coalesced<string, string | undefined>(async (ids) => {
    const rows = await ask<[string, string]>(pool, { ...types, values: [uuids(ids)] });
    if (found.size > memory) found.clear();
    rows.forEach(([id, type]) => found.set(id, type));
    return ids.map((id) => found.get(id));
  });
  const standing = coalesced<{ key: Buffer; stream: string; type: string }, Standing>(async (items) => {
    const values = [byteas(items.map((it) => it.key)), uuids(items.map((it) => it.stream)), texts(items.map((it) => it.type))];
    const rows = await ask<Row>(pool, { ...standings, values });
    return rows.map(([version, hash, position, answer]) => ({
      version: version ?? 0,
      known: hash === null ? undefined : { hash, position: position as number, answer: answer as string },
    }));
  });
  return {
    standing: (key = none, stream, type) => standing({ key, stream, type }),
    typeOf: async (stream) => found.get(stream) ?? (isUuid(stream) ? look(stream) : undefined),
  };
};
