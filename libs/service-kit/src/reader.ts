import type { DataSource } from 'typeorm';
import { columnsOf, keyTypeOf } from '@guanxi/event-sourcing/view.columns';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { View } from '@guanxi/event-sourcing/view';
import { orderOf, unknownToken, type PageRequest } from './page.js';
import { paged, type Page } from './paged.js';
import { rowsOf, type Filters } from './reader.query.js';

/** Reads the rows of one view. */
export interface Reader<R> {
  one(key: string): Promise<R | undefined>;
  /** @throws Rejection `<row>-not-found`: `order-not-found` */
  get(key: string): Promise<R>;
  /**
   * A page of rows by filters, in the request's order, else in `order`, else oldest first (`createdAt`, where the view has it; else by key).
   * A page may hold fewer rows than asked for while there are more: it ends at 3 MiB.
   * @throws Rejection order-by-unknown, page-token-unknown, filter-invalid
   */
  list(filters: Filters, page: PageRequest, order?: string): Promise<Page<R>>;
}

/** SQLSTATE class 22: PostgreSQL could not read a value as what the column holds. */
const isDataError = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith('22');

// Named as the decider names it: `Order` → `order-not-found`.
const notFound = (row: string): Rejection => {
  const words = row.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  return new Rejection(`${words.replaceAll(' ', '-')}-not-found`, 'not-found', `There is no ${words} with this id.`);
};

/** Makes the reader of a view on a data source that knows its entity. */
export const readerOf = <R>(source: DataSource, view: View<R>): Reader<R> => {
  const { table, key } = view.options;
  const columns = columnsOf(view);
  const sortable = [...columns.filter((it) => it.type !== 'text[]').map((it) => it.field), key];
  const usual = sortable.includes('createdAt') ? 'createdAt' : key;
  const byKey = `select row::text as row from ${table} where key = $1::${keyTypeOf(view)}`;
  const read = rowsOf(source, view);

  const one = async (id: string): Promise<R | undefined> => {
    try {
      const [found] = await source.query<{ row: string }[]>(byKey, [id]);
      return found && (JSON.parse(found.row) as R);
    } catch (error) {
      if (isDataError(error)) return undefined;
      throw error;
    }
  };

  const pageOf = (filters: Filters, page: PageRequest, order: string): Promise<Page<R>> => {
    const sort = orderOf(page.orderBy || order, sortable);
    return paged((after, limit) => read(filters, sort, after, limit), sort, page);
  };

  return {
    one,
    get: async (id) => {
      const row = await one(id);
      if (!row) throw notFound(view.row.name);
      return row;
    },
    list: async (filters, page, order = usual) => {
      try {
        return await pageOf(filters, page, order);
      } catch (error) {
        if (!isDataError(error)) throw error;
        throw page.pageToken ? unknownToken() : new Rejection('filter-invalid', 'invalid', 'A filter holds a value that its field cannot have.');
      }
    },
  };
};
