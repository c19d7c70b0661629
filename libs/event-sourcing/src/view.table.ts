import { texts, uuids } from './arrays.js';
import { columnsOf, keyTypeOf, type ViewColumn } from './view.columns.js';
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
  /** The values of `upsert`: one array a column. */
  readonly values: (rows: readonly Folded[]) => unknown[];
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

// unnest flattens arrays of arrays, so a list travels as the text of an array; rows travel as binary text, which needs no quoting.
const asText: readonly string[] = ['text[]', 'json'];
const sent = ({ type }: { type: string }): string => (asText.includes(type) ? 'text[]' : `${type}[]`);
const received = ({ name, type }: { name: string; type: string }): string => (asText.includes(type) ? `${name}::${type}` : name);
const quoted = (item: unknown): string => `"${String(item).replace(/["\\]/g, '\\$&')}"`;
const arrayText = (list: unknown): string | null => (Array.isArray(list) ? `{${list.map(quoted).join(',')}}` : null);

/** The statements of one generation's table, made once. */
export const viewTable = (view: AnyView, name: string): ViewTable => {
  const columns = columnsOf(view);
  const keys = keyTypeOf(view) === 'uuid' ? uuids : texts;
  const all = [{ name: 'key', type: keyTypeOf(view) }, { name: 'position', type: 'bigint' }, { name: 'row', type: 'json' }, ...columns];
  const names = all.map((it) => it.name).join(', ');
  const replaced = all.slice(1).map((it) => `${it.name} = excluded.${it.name}`);
  const read = columns.map(({ type, of }) => (type === 'text[]' ? (row: never) => arrayText(of(row)) : of));
  return {
    name,
    load: { name: `load ${name}`, text: `select key::text, row::text from ${name} where key = any($1::${keyTypeOf(view)}[])` },
    upsert: {
      name: `upsert ${name}`,
      text: `insert into ${name} (${names}) select ${all.map(received).join(', ')} from unnest(${all.map((it, n) => `$${n + 1}::${sent(it)}`).join(', ')}) as x (${names})
        on conflict (key) do update set ${replaced.join(', ')}`,
    },
    remove: { name: `remove ${name}`, text: `delete from ${name} where key = any($1::${keyTypeOf(view)}[])` },
    values: (rows) => [
      keys(rows.map((it) => it.key)),
      rows.map((it) => it.position),
      texts(rows.map((it) => JSON.stringify(it.row))),
      ...read.map((of) => rows.map((it) => of(it.row as never))),
    ],
  };
};
