import { EntitySchema, type DataSource, type EntitySchemaColumnOptions } from 'typeorm';
import { columnsOf, keyTypeOf, type ViewColumn } from '@guanxi/event-sourcing/view.columns';
import type { AnyView } from '@guanxi/event-sourcing/view';

const columnOf = ({ name, type }: ViewColumn): EntitySchemaColumnOptions =>
  type === 'text[]' ? { name, type: 'text', array: true, nullable: true } : { name, type, nullable: true };

/** What TypeORM knows of a view's read table: the SQL view with the row, its key and a column for each filter. */
export const entityOf = (view: AnyView): EntitySchema =>
  new EntitySchema({
    name: view.options.table,
    tableName: view.options.table,
    columns: {
      key: { type: keyTypeOf(view), primary: true },
      position: { type: 'bigint' },
      row: { type: 'json' },
      ...Object.fromEntries(columnsOf(view).map((it) => [it.field, columnOf(it)])),
    },
  });

interface Found {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const statement = /* sql */ `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = current_schema()::regnamespace and c.relname = any($1)`;

const aliases: { readonly [name: string]: string } = { int: 'integer', timestamptz: 'timestamp with time zone' };

/** Where the database differs from what the views' entities expect, one line each; empty is good. */
export const driftOf = async (source: DataSource, views: readonly AnyView[]): Promise<string[]> => {
  const found = await source.query<Found[]>(statement, [views.map((view) => view.options.table)]);
  const types = new Map(found.map((it) => [`${it.table}.${it.column}`, it.type]));
  return views.flatMap((view) =>
    source.getMetadata(view.options.table).columns.flatMap((column) => {
      const name = `${view.options.table}.${column.databaseName}`;
      const plain = String(column.type);
      const expected = (aliases[plain] ?? plain) + (column.isArray ? '[]' : '');
      const actual = types.get(name);
      return actual === expected ? [] : [`${name} should be ${expected}, ${actual === undefined ? 'but is not there' : `but is ${actual}`}`];
    }),
  );
};
