import type { ClientBase } from 'pg';
import { generationsOf } from './view.table.js';

/** A key that a generation of a view passes over, from one event on. */
export interface ParkedKey {
  /** The view's table. */
  readonly view: string;
  /** The generation's table, and its state. */
  readonly generation: string;
  readonly state: string;
  /** The row's; empty where the event names no row. */
  readonly key: string;
  /** The event; `seq` is 0 for an own one. */
  readonly position: number;
  readonly seq: number;
  readonly type: string;
  /** `fold`, `key`, `column`, or `policy <name>`. */
  readonly what: string;
  /** The error's class, never what it said. */
  readonly error: string;
  readonly tries: number;
  /** The account concerned, where there is one. */
  readonly customer: string | undefined;
  readonly since: Date;
  readonly triedAt: Date;
}

/** An event that somebody decided to pass over for good. */
export interface DiscardedEvent {
  readonly position: number;
  readonly seq: number;
  readonly type: string;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
}

type Queries = Pick<ClientBase, 'query'>;
type Numbers = 'position' | 'seq';
type Row<T> = Omit<T, Numbers> & Record<Numbers, string>;

const select = /* sql */ `
  select regexp_replace(p.generation, '_v[0-9]+_g[0-9]+$', '') as view, p.generation, c.state, p.key, p.position, p.seq, p.type, p.what, p.error,
      p.tries, p.customer, p.since, p.tried_at as "triedAt"
    from parked p join checkpoints c on c.name = p.generation`;

const parkedOf = ({ customer, ...it }: Row<ParkedKey>): ParkedKey => ({
  ...it,
  customer: customer ?? undefined,
  position: Number(it.position),
  seq: Number(it.seq),
});

/** Parked keys by generation and key, after one of them. Of those of a generation that is kept to go back to nothing need be done. */
export const listParked = async (
  client: Queries,
  views: readonly string[],
  limit: number,
  after: readonly [generation: string, key: string] = ['', ''],
): Promise<ParkedKey[]> => {
  const { rows } = await client.query<Row<ParkedKey>>(
    `${select} where c.state <> 'kept' and p.generation ~ any($1) and (p.generation, p.key) > ($2, $3) order by p.generation, p.key limit $4`,
    [views.map(generationsOf), ...after, limit],
  );
  return rows.map(parkedOf);
};

/** One key in each generation that passes it over. */
export const findParked = async (client: Queries, view: string, key: string): Promise<ParkedKey[]> => {
  const { rows } = await client.query<Row<ParkedKey>>(
    `${select} where c.state <> 'kept' and p.generation ~ $1 and p.key = $2 order by p.generation`,
    [generationsOf(view), key],
  );
  return rows.map(parkedOf);
};

/** What was passed over for good for a key, in order. */
export const discardsOfKey = async (client: Queries, view: string, key: string): Promise<DiscardedEvent[]> => {
  const { rows } = await client.query<Row<DiscardedEvent>>(
    'select position, seq, type, reason, actor, at from discarded where view = $1 and key = $2 order by position, seq',
    [view, key],
  );
  return rows.map((it) => ({ ...it, position: Number(it.position), seq: Number(it.seq) }));
};

/** Does what a customer's rows say miss something? By the live generations. */
export const isCustomerParked = async (client: Queries, account: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: 'customer-parked',
    text: `select from parked p join checkpoints c on c.name = p.generation where c.state = 'live' and (p.customer = $1 or p.key = $1::text) limit 1`,
    values: [account],
  });
  return (rowCount ?? 0) > 0;
};
