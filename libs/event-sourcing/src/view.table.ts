import { texts, uuids } from './arrays.js';
import { copyLine } from './copy.in.js';
import { columnsOf, keyTypeOf, type ViewColumn } from './view.columns.js';
import type { Row } from './fold.js';
import type { AnyView } from './view.js';

/** A row as it is written: its key, the position that changed it last, and the row, or undefined where it is gone. */
export interface Folded {
  readonly key: string;
  readonly position: number;
  readonly row: Record<string, unknown> | undefined;
}

/** A statement that stays prepared on its connection. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** What a projector does with one generation's table. */
export interface ViewTable {
  readonly name: string;
  /** $1 keys → key, row as text. */
  readonly load: Prepared;
  readonly upsert: Prepared;
  /** $1 keys. */
  readonly remove: Prepared;
  /** Keys as `load` takes them. @throws TypeError where one is no UUID and should be */
  readonly keys: (keys: readonly string[]) => Buffer;
  /** The values of `upsert`: one array a column. */
  readonly values: (rows: readonly Folded[]) => unknown[];
  /** Where COPY writes `line`s. */
  readonly target: string;
  /** A row that is there, as COPY takes it. */
  readonly line: (row: Folded) => string;
}

/** The table of a view's generation; also the name of its checkpoint. */
export const tableName = (view: AnyView, generation: number): string => `${view.options.table}_v${view.options.version}_g${generation}`;

/** Matches the names of all generations of a view, of any version. */
export const generationsOf = (table: string): string => `^${table}_v[0-9]+_g[0-9]+$`;

const indexOn = (table: string, { name, type }: ViewColumn): string =>
  type === 'text[]' ? `create index on ${table} using gin (${name});` : `create index on ${table} (${name}, key);`;

/**
 * The DDL of one generation. The row is `json`: it is only ever read whole, as text. The fill factor leaves room for rows
 * that change often and whose indexed columns do not.
 */
export const createTable = (view: AnyView, name: string): string => {
  const columns = columnsOf(view);
  const declared = [
    `key ${keyTypeOf(view)} primary key`,
    'position bigint not null',
    'row json not null',
    ...columns.map((it) => `${it.name} ${it.type}`),
  ];
  return [
    `create table ${name} (${declared.join(', ')}) with (fillfactor = 80);`,
    ...columns.filter((it) => it.indexed).map((it) => indexOn(name, it)),
  ].join('\n');
};

type Cell = string | number | boolean | readonly unknown[] | null | undefined;
const quoted = (item: unknown): string => `"${String(item).replace(/["\\]/g, '\\$&')}"`;
// unnest flattens arrays of arrays, so a list travels as the text of an array.
const textOf = (value: Cell): string | null => {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? `{${value.map(quoted).join(',')}}` : String(value);
};
const isText = (value: string | null): value is string => value !== null;
/** Binary where no value is absent: it needs no quoting, which is half of Node's time for an upsert. */
const column = (values: (string | null)[]): unknown => (values.every(isText) ? texts(values) : values);

/** The statements of one generation's table, made once. */
export const viewTable = (view: AnyView, name: string): ViewTable => {
  const keyType = keyTypeOf(view);
  const keys = keyType === 'uuid' ? uuids : texts;
  const own = [
    { name: 'position', type: 'bigint', of: (it: Folded): unknown => it.position },
    { name: 'row', type: 'json', of: (it: Folded): unknown => JSON.stringify(it.row) },
  ];
  const all = [...own, ...columnsOf(view).map(({ of, ...it }) => ({ ...it, of: (folded: Folded): unknown => of(folded.row as Row) }))];
  const names = all.map((it) => it.name).join(', ');
  return {
    name,
    load: { name: `load ${name}`, text: `select key::text, row::text from ${name} where key = any($1::${keyType}[])` },
    upsert: {
      name: `upsert ${name}`,
      text: `insert into ${name} (key, ${names}) select key, ${all.map((it) => `${it.name}::${it.type}`).join(', ')}
          from unnest($1::${keyType}[], ${all.map((_, n) => `$${n + 2}::text[]`).join(', ')}) as x (key, ${names})
        on conflict (key) do update set ${all.map((it) => `${it.name} = excluded.${it.name}`).join(', ')}`,
    },
    remove: { name: `remove ${name}`, text: `delete from ${name} where key = any($1::${keyType}[])` },
    keys,
    target: `${name} (key, ${names})`,
    line: (row) => copyLine([row.key, ...all.map(({ of }) => textOf(of(row) as Cell))]),
    values: (rows) => [keys(rows.map((it) => it.key)), ...all.map(({ of }) => column(rows.map((it) => textOf(of(it) as Cell))))],
  };
};
