import type { Pool } from 'pg';
import { coalesced } from './coalesce.js';
import type { Row } from './fold.js';
import { keyTypeOf } from './view.columns.js';
import type { AnyView } from './view.js';

/** Reads single rows of views. */
export interface Rows {
  /** A view's row by key, undefined where there is none. What is asked for together becomes one query a view. */
  one(view: AnyView, key: string): Promise<Row | undefined>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const reader = (pool: Pool, view: AnyView): ((key: string) => Promise<Row | undefined>) => {
  const { table } = view.options;
  const type = keyTypeOf(view);
  const text = `select key::text, row::text from ${table} where key = any($1::${type}[])`;
  const one = coalesced<string, Row | undefined>(async (keys) => {
    const { rows } = await pool.query<[string, string]>({ name: `one ${table}`, text, rowMode: 'array', values: [[...new Set(keys)]] });
    const found = new Map(rows);
    return keys.map((key) => {
      const row = found.get(key);
      return row === undefined ? undefined : (JSON.parse(row) as Row);
    });
  });
  if (type === 'text') return one;
  // One that is no UUID would fail its neighbours' query.
  return (key) => (uuid.test(key) ? one(key.toLowerCase()) : Promise.resolve(undefined));
};

/** Reads by the views' SQL views, which always show the live generation. */
export const rowsOf = (pool: Pool): Rows => {
  const readers = new Map<AnyView, (key: string) => Promise<Row | undefined>>();
  return {
    one: (view, key) => {
      const known = readers.get(view) ?? reader(pool, view);
      readers.set(view, known);
      return known(key);
    },
  };
};
