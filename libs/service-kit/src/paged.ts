import { pageSizeOf, placeOf, tokenOf, type Order, type PageRequest, type Place } from './page.js';

/** One page of a list. */
export interface Page<R> {
  readonly rows: R[];
  /** '' on the last page. */
  readonly nextPageToken: string;
}

/** A row as text, with its place in the order. */
export interface RawRow extends Place {
  readonly row: string;
}

/** An answer must fit into the 4 MiB that gRPC clients take by default. */
const mostBytes = 3 * 1024 * 1024;
const slice = 100;

/**
 * One page of what `read` gives in an order, from after a place. It may hold fewer rows than asked for while there are more: it ends
 * at 3 MiB.
 * @throws Rejection page-token-unknown
 */
export const paged = async <R>(
  read: (after: Place | undefined, limit: number) => Promise<RawRow[]>,
  order: Order,
  { pageSize, pageToken }: PageRequest,
): Promise<Page<R>> => {
  const size = pageSizeOf(pageSize);
  const rows: R[] = [];
  let place = pageToken ? placeOf(pageToken, order) : undefined;
  let bytes = 0;
  for (;;) {
    const wanted = Math.min(slice, size - rows.length);
    // One row more than wanted tells whether there is a next page.
    const found = await read(place, wanted + 1);
    for (const { row, value, key } of found.slice(0, wanted)) {
      bytes += row.length;
      if (bytes > mostBytes && place && rows.length > 0) return { rows, nextPageToken: tokenOf(order, place) };
      rows.push(JSON.parse(row) as R);
      place = { value, key };
    }
    if (found.length <= wanted || !place) return { rows, nextPageToken: '' };
    if (rows.length === size) return { rows, nextPageToken: tokenOf(order, place) };
  }
};
