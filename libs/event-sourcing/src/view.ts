import type { DescMessage } from '@bufbuild/protobuf';
import type { Of } from '@guanxi/contracts/of';

/** What a fold knows of an event besides its payload. */
export interface Meta {
  /** The event's id. */
  readonly id: string;
  /** The stream's id. */
  readonly stream: string;
  /** The stream's version at this event: 1..n. */
  readonly version: number;
  /** When it was recorded, RFC 3339 UTC with milliseconds. */
  readonly at: string;
  /** The account that the stream belongs to, where there is one. */
  readonly customer: string | undefined;
}

/** One step: the row before an event → the row after it; undefined is no row. */
export type Fold<R, P> = (row: NoInfer<R> | undefined, event: P, meta: Meta) => NoInfer<R> | undefined;
/** A step for every event of a contract. */
export type Folds<R, E> = { readonly [K in keyof E]: Fold<R, E[K]> };

/** A column beside the row, to filter and order by. */
export interface Column<R> {
  readonly type: 'text' | 'text[]' | 'int' | 'bigint' | 'boolean' | 'timestamptz' | 'uuid';
  readonly of: (row: R) => unknown;
  /** `false`: read, but never searched by, so no index is kept. */
  readonly indexed?: boolean;
}

/** Where a view's rows are kept, and what they are found by. */
export interface ViewOptions<R> {
  /** Counted up whenever a fold or a column changes: a new version is folded from the start. */
  readonly version: number;
  /** The read table's name. */
  readonly table: string;
  readonly key: keyof R & string;
  /** Fields of the row that get a column of their own. */
  readonly filters?: readonly (keyof R & string)[];
  /** Columns that are not plain fields. */
  readonly columns?: { readonly [name: string]: Column<R> };
}

/** Whose row an event belongs to; several where one event says something of several, none where it says nothing. */
export type Keys = string | readonly string[] | undefined;

/** One contract's events as they reach a view: the table of folds, and whose row an event belongs to. */
export interface Source {
  readonly events: DescMessage;
  readonly folds: { readonly [name: string]: Fold<unknown, unknown> | undefined };
  readonly keyOf: (event: unknown, meta: Meta) => Keys;
}

/** Rows folded from events. `row` is the contract's view message in proto3 JSON. */
export interface View<R> {
  readonly row: Of<R, DescMessage>;
  readonly options: ViewOptions<R>;
  readonly sources: readonly Source[];
  /** Of the aggregate's own events: the table is complete, the row's key is the stream's id unless `keyOf` says. */
  of<E>(events: Of<E, DescMessage>, folds: Folds<R, E>, keyOf?: (event: E[keyof E], meta: Meta) => Keys): View<R>;
  /** Of any other events, own or received: partial; the key is the event's field of the row key's name unless `keyOf` says. */
  on<E>(events: Of<E, DescMessage>, folds: Partial<Folds<R, E>>, keyOf?: (event: E[keyof E], meta: Meta) => Keys): View<R>;
}

/** A view whose row type is forgotten: what the projector works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views of many rows meet in the projector
export type AnyView = View<any>;

/** Leaves the row as it is. */
export const same = <R>(row: R | undefined): R | undefined => row;

const withSource = <R>(row: Of<R, DescMessage>, options: ViewOptions<R>, sources: readonly Source[]): View<R> => {
  const plus = (source: Source) => withSource(row, options, [...sources, source]);
  return {
    row,
    options,
    sources,
    of: (events, folds, keyOf) =>
      plus({ events, folds: folds as unknown as Source['folds'], keyOf: (keyOf as Source['keyOf'] | undefined) ?? ((_, meta) => meta.stream) }),
    on: (events, folds, keyOf) =>
      plus({
        events,
        folds: folds as unknown as Source['folds'],
        keyOf: (keyOf as Source['keyOf'] | undefined) ?? ((event) => (event as Record<string, string | undefined>)[options.key]),
      }),
  };
};

/** Declares a view; everything is inferred from the values. */
export const view = <R>(row: Of<R, DescMessage>, options: ViewOptions<NoInfer<R>>): View<R> => withSource(row, options, []);
