import { getOption, ScalarType, type DescField } from '@bufbuild/protobuf';
import { field as rules } from '@guanxi/contracts/buf/validate/validate_pb';
import type { AnyView, Column } from './view.js';

/** A PostgreSQL type that a column may have. */
export type ColumnType = Column<never>['type'];

/** A column of a view's table beside `key`, `position` and `row`. */
export interface ViewColumn {
  /** Its SQL name: the proto field's, or the custom column's in snake case. */
  readonly name: string;
  /** What the view's definition calls it: `accountId`. */
  readonly field: string;
  readonly type: ColumnType;
  /** Its value in a row, null where there is none. */
  readonly of: (row: Record<string, unknown>) => unknown;
  readonly indexed: boolean;
}

const scalars: { readonly [type in ScalarType]?: ColumnType } = {
  [ScalarType.STRING]: 'text',
  [ScalarType.BOOL]: 'boolean',
  [ScalarType.INT32]: 'int',
  [ScalarType.SINT32]: 'int',
  [ScalarType.SFIXED32]: 'int',
  [ScalarType.UINT32]: 'bigint',
  [ScalarType.FIXED32]: 'bigint',
  [ScalarType.INT64]: 'bigint',
  [ScalarType.SINT64]: 'bigint',
  [ScalarType.SFIXED64]: 'bigint',
};

const isUuid = (field: DescField): boolean => {
  const { type } = getOption(field, rules);
  return type.case === 'string' && type.value.wellKnown.case === 'uuid' && type.value.wellKnown.value;
};

const typeOf = (field: DescField): ColumnType | undefined => {
  if (field.fieldKind === 'list') return field.listKind === 'enum' || field.scalar === ScalarType.STRING ? 'text[]' : undefined;
  if (field.fieldKind === 'message') return field.message.typeName === 'google.protobuf.Timestamp' ? 'timestamptz' : undefined;
  if (field.fieldKind === 'enum') return 'text';
  if (field.fieldKind !== 'scalar') return undefined;
  return isUuid(field) ? 'uuid' : scalars[field.scalar];
};

const fieldOf = (view: AnyView, name: string): DescField => {
  const found = view.row.fields.find((it) => it.jsonName === name);
  if (!found) throw new Error(`view ${view.options.table}: ${view.row.typeName} has no field ${name}`);
  return found;
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const plain = (view: AnyView, name: string): ViewColumn => {
  const field = fieldOf(view, name);
  const type = typeOf(field);
  if (!type) throw new Error(`view ${view.options.table}: ${field.toString()} is no plain value; give it a column of its own in \`columns\``);
  return { name: field.name, field: name, type, of: (row) => row[name] ?? null, indexed: true };
};

/**
 * The columns that a view's filters and custom columns give its table, in their order.
 * @throws Error where a filter names no field or one that is not a plain value
 */
export const columnsOf = (view: AnyView): readonly ViewColumn[] => [
  ...(view.options.filters ?? []).map((name) => plain(view, String(name))),
  ...Object.entries(view.options.columns ?? {}).map(([name, { type, of, indexed = true }]) => ({
    name: snake(name),
    field: name,
    type,
    of: (row: unknown) => of(row) ?? null,
    indexed,
  })),
];

/** `uuid` where the contract says that the key is one, else `text`. */
export const keyTypeOf = (view: AnyView): 'uuid' | 'text' => (isUuid(fieldOf(view, String(view.options.key))) ? 'uuid' : 'text');
