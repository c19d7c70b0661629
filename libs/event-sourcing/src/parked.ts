import type { ClientBase } from 'pg';
import { classOf, discardOf, type At, type Fault } from './aside.js';
import type { Projection } from './projection.js';

type Queries = Pick<ClientBase, 'query'>;
type Pointer = readonly [name: string, key: string, position: string, seq: string];

const parkedOf = {
  name: 'parked-load',
  rowMode: 'array' as const,
  text: 'select generation, key, position, seq from parked where generation = any($1)',
};
const discardedOf = {
  name: 'discarded-load',
  rowMode: 'array' as const,
  text: 'select view, key, position, seq from discarded where view = any($1)',
};

/** Single events that are passed over for good in a view, by `discardOf`. */
export const discardedIn = async (client: Queries, view: string): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<Pointer>({ ...discardedOf, values: [[view]] });
  return new Set(rows.map(([, key, position, seq]) => discardOf(key, { position: Number(position), seq: Number(seq) })));
};

/** Reads what projections pass over; their checkpoints are held, or nobody minds. */
export const learnAside = async (client: Queries, projections: readonly Projection[]): Promise<void> => {
  const tables = projections.map((it) => it.table.name);
  const views = [...new Set(projections.map((it) => it.view.options.table))];
  const [parked, discarded] = await Promise.all([
    client.query<Pointer>({ ...parkedOf, values: [tables] }),
    client.query<Pointer>({ ...discardedOf, values: [views] }),
  ]);
  const at = (position: string, seq: string): At => ({ position: Number(position), seq: Number(seq) });
  for (const it of projections) {
    const mine = (rows: readonly Pointer[], name: string): readonly Pointer[] => rows.filter(([of]) => of === name);
    it.parked = new Map(mine(parked.rows, it.table.name).map(([, key, position, seq]) => [key, at(position, seq)]));
    it.discarded = new Set(mine(discarded.rows, it.view.options.table).map(([, key, position, seq]) => discardOf(key, at(position, seq))));
  }
};

/** How many keys each generation passes over, by its table; none is absent. */
export const countParked = async (client: Queries): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await client.query<[string, number]>({
    name: 'parked-count',
    rowMode: 'array',
    text: 'select generation, count(*)::int from parked group by generation',
  });
  return new Map(rows);
};

const park = {
  name: 'parked-write',
  text: /* sql */ `
    insert into parked as was (generation, key, position, seq, type, what, error, tries, customer)
    select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::int[], $9::uuid[])
    on conflict (generation, key) do update set position = excluded.position, seq = excluded.seq, type = excluded.type,
      what = excluded.what, error = excluded.error, customer = excluded.customer, afresh = false, tried_at = clock_timestamp(),
      tries = case when (was.position, was.seq) = (excluded.position, excluded.seq) then was.tries else 0 end + excluded.tries,
      since = case when (was.position, was.seq) = (excluded.position, excluded.seq) then was.since else clock_timestamp() end`,
};

/** Whoever changes what a generation passes over says so by its turn; the transaction holds the checkpoint. */
export const takeTurn = { name: 'checkpoints-turn', text: 'update checkpoints set turn = turn + 1 where name = $1' };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Parks keys at the events that could not be folded. @param tries how often each was tried just now */
export const writeParked = async (client: Queries, generation: string, faults: readonly Fault[], tries: number): Promise<void> => {
  if (faults.length === 0) return;
  const column = (of: (it: Fault) => unknown): unknown[] => faults.map(of);
  const customerOf = ({ event, key }: Fault): string | null =>
    [event.meta.customer, key].find((it): it is string => it !== undefined && uuid.test(it)) ?? null;
  await client.query({
    ...park,
    values: [
      generation,
      column((it) => it.key),
      column((it) => it.event.position),
      column((it) => it.event.seq),
      column((it) => it.event.type),
      column((it) => it.what),
      column((it) => classOf(it.cause)),
      column(() => tries),
      column(customerOf),
    ],
  });
  await client.query({ ...takeTurn, values: [generation] });
};

/** Takes keys out of those that are parked. */
export const forgetParked = async (client: Queries, generation: string, keys: readonly string[]): Promise<void> => {
  if (keys.length === 0) return;
  await client.query('delete from parked where generation = $1 and key = any($2)', [generation, keys]);
  await client.query({ ...takeTurn, values: [generation] });
};

const carry = /* sql */ `
  insert into parked as was (generation, key, position, seq, type, what, error, tries, customer, since, tried_at, afresh)
  select $2, key, position, seq, type, what, error, tries, customer, since, tried_at, true from parked where generation = $1
  on conflict (generation, key) do update set position = excluded.position, seq = excluded.seq, type = excluded.type, what = excluded.what,
    error = excluded.error, afresh = true where (excluded.position, excluded.seq) < (was.position, was.seq)`;

/**
 * Carries what is parked over to the generation that goes live: it has folded those events, but policies have still to act on them.
 * The transaction holds both checkpoints.
 */
export const carryParked = async (client: Queries, old: string, fresh: string): Promise<void> => {
  const { rowCount } = await client.query(carry, [old, fresh]);
  if (rowCount) await client.query({ ...takeTurn, values: [fresh] });
};

const most = { keys: 50, share: 0.01 };

/** Too many keys in too short a time: our own bug, and no reason to park the world. */
export class Breaker extends Error {
  constructor(
    readonly projection: Projection,
    parked: number,
    touched: number,
  ) {
    super(`${parked} of ${touched} keys could not be folded within 5 minutes`);
    this.name = 'Breaker';
  }
}

/** Stops a view that would park more than 50 keys and more than 1 % of those that it touched, in 5 minutes. @throws Breaker */
export const demandFew = async (client: Queries, projection: Projection, faults: readonly Fault[]): Promise<void> => {
  const { rows } = await client.query<{ n: string }>(
    `select count(*) as n from parked where generation = $1 and since > clock_timestamp() - interval '5 minutes' and key <> all($2)`,
    [projection.table.name, faults.map((it) => it.key)],
  );
  const parked = Number(rows[0]?.n) + faults.length;
  const touched = Math.max(projection.touched.count(), parked);
  if (parked > most.keys && parked > most.share * touched) throw new Breaker(projection, parked, touched);
};

/** A view that stands still until somebody says that it may go on. @param generation also the name of its checkpoint */
export const stopView = async (client: Queries, generation: string, reason: string): Promise<void> => {
  await client.query('update checkpoints set reason = $2 where name = $1', [generation, reason]);
};
