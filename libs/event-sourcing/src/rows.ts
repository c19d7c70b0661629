import type { Pool } from 'pg';
import type { Row } from './fold.js';
import { keyTypeOf } from './view.columns.js';
import type { AnyView } from './view.js';

/** Reads single rows of views. */
export interface Rows {
  /** A view's row by key, undefined where there is none. Calls of one turn of the event loop become one query a view. */
  one(view: AnyView, key: string): Promise<Row | undefined>;
}

interface Asked {
  readonly key: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads by the views' SQL views, which always show the live generation. */
export const rowsOf = (pool: Pool): Rows => {
  const asked = new Map<AnyView, Asked[]>();

  const ask = async (view: AnyView): Promise<void> => {
    const all = asked.get(view) ?? [];
    asked.delete(view);
    const { table } = view.options;
    const keys = [...new Set(all.map((it) => it.key))];
    try {
      const text = `select key::text, row::text from ${table} where key = any($1::${keyTypeOf(view)}[])`;
      const { rows } = await pool.query<[string, string]>({ name: `one ${table}`, text, rowMode: 'array', values: [keys] });
      const found = new Map(rows);
      for (const { key, resolve } of all) {
        const row = found.get(key);
        resolve(row === undefined ? undefined : (JSON.parse(row) as Row));
      }
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  };

  return {
    one: (view, key) => {
      // One that is no UUID would fail its neighbours' query.
      if (keyTypeOf(view) === 'uuid' && !uuid.test(key)) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const all = asked.get(view);
        if (all) all.push({ key, resolve, reject });
        else {
          asked.set(view, [{ key, resolve, reject }]);
          setImmediate(() => void ask(view));
        }
      });
    },
  };
};
