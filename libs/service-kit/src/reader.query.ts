import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { columnsOf, keyTypeOf, type ViewColumn } from '@guanxi/event-sourcing/view.columns';
import type { AnyView } from '@guanxi/event-sourcing/view';
import type { Order, Place } from './page.js';
import type { RawRow } from './paged.js';

/** Instants from `from` (inclusive) to `to` (exclusive), RFC 3339. */
export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * By the names of the view's filters and columns. A value, or a list of which any one will do; a range for instants. Undefined, '',
 * an empty list and an enum's zero (`…_UNSPECIFIED`) ask for nothing.
 */
export type Filters = { readonly [field: string]: string | number | boolean | readonly string[] | Range | undefined };

type Query = SelectQueryBuilder<object>;

const isAbsent = (value: unknown): boolean => value === undefined || value === '' || (typeof value === 'string' && value.endsWith('_UNSPECIFIED'));

const applyRange = (query: Query, { name }: ViewColumn, { from, to }: Range): void => {
  if (from) query.andWhere(`v.${name} >= :${name}_from`, { [`${name}_from`]: from });
  if (to) query.andWhere(`v.${name} < :${name}_to`, { [`${name}_to`]: to });
};

const applyFilter = (query: Query, column: ViewColumn, filter: Filters[string]): void => {
  if (typeof filter === 'object' && !Array.isArray(filter)) return applyRange(query, column, filter as Range);
  const wanted = (Array.isArray(filter) ? (filter as unknown[]) : [filter]).filter((it) => !isAbsent(it));
  if (wanted.length === 0) return;
  const { name, type } = column;
  const test = type === 'text[]' ? `v.${name} && :${name}_any::text[]` : `v.${name} = any(:${name}_any::${type}[])`;
  query.andWhere(test, { [`${name}_any`]: wanted });
};

/**
 * Reads rows of a view's table in an order, from after a place. Rows without a value in the ordered column come last in either
 * direction; they are a query of their own, so that each can walk its index.
 */
export const rowsOf = (
  source: DataSource,
  view: AnyView,
): ((filters: Filters, order: Order, after: Place | undefined, limit: number) => Promise<RawRow[]>) => {
  const { table, key } = view.options;
  const columns = columnsOf(view);
  const keyType = keyTypeOf(view);

  return async (filters, { field, desc }, after, limit) => {
    const than = desc ? '<' : '>';
    const direction = desc ? 'DESC' : 'ASC';
    const start = (take: number): Query => {
      const query = source.createQueryBuilder().select('v.row::text', 'row').addSelect('v.key::text', 'key').from<object>(table, 'v').limit(take);
      for (const it of columns) applyFilter(query, it, filters[it.field]);
      return query;
    };
    const byKey = (query: Query, from: Place | undefined): Promise<RawRow[]> => {
      if (from) query.andWhere(`v.key ${than} :after_key::${keyType}`, { after_key: from.key });
      return query.addSelect('null', 'value').addOrderBy('v.key', direction).getRawMany<RawRow>();
    };
    const column = columns.find((it) => it.field === field);
    if (field === key || !column) return byKey(start(limit), after);

    const { name, type } = column;
    const valued = start(limit).addSelect(`v.${name}::text`, 'value').orderBy(`v.${name}`, direction).addOrderBy('v.key', direction);
    if (after)
      valued.andWhere(`(v.${name}, v.key) ${than} (:after_value::${type}, :after_key::${keyType})`, {
        after_value: after.value,
        after_key: after.key,
      });
    else valued.andWhere(`v.${name} is not null`);
    const first = after && after.value === null ? [] : await valued.getRawMany<RawRow>();
    if (first.length >= limit) return first;
    const rest = start(limit - first.length).andWhere(`v.${name} is null`);
    return [...first, ...(await byKey(rest, after?.value === null ? after : undefined))];
  };
};
