import type { ClientBase } from 'pg';
import { packed } from './dedicated.js';
import { forget, type Projection } from './projection.js';
import { beginning, isBefore, readRecorded, samePlace, type Entry, type Place } from './recorded.js';

/** Checkpoints that a transaction holds, and the entries that come next for those that stand furthest back. */
export interface Taken {
  /** Where the checkpoints that are held stand; the others are held elsewhere, or gone. */
  readonly places: ReadonlyMap<Projection, Place>;
  /** Those furthest back: they go first, no further than the next ones stand, where they meet. */
  readonly group: readonly Projection[];
  readonly from: Place;
  readonly entries: readonly Entry[];
}

const begin = `begin; set local synchronous_commit = off; set local transaction_timeout = '30s'`;
const lock = {
  name: 'checkpoints-lock',
  rowMode: 'array' as const,
  text: 'select name, position, seq from checkpoints where name = any($1) order by name for update skip locked',
};
const move = {
  name: 'checkpoints-move',
  text: 'update checkpoints set position = $2, seq = $3, reason = null, updated_at = clock_timestamp() where name = any($1)',
};

/** What this process believes of the rows of a checkpoint that it could not lock stays until it can. */
const held = (projections: readonly Projection[], rows: readonly (readonly [string, string, string])[]): Map<Projection, Place> => {
  const found = new Map(rows.map(([name, position, seq]) => [name, { position: Number(position), seq: Number(seq) }]));
  const places = new Map<Projection, Place>();
  for (const it of projections) {
    const place = found.get(it.table.name);
    if (!place) continue;
    if (!it.place || !samePlace(place, it.place)) forget(it);
    it.place = place;
    places.set(it, place);
  }
  return places;
};

const inOrder = (a: Place, b: Place): number => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);

/**
 * Begins a transaction, locks the checkpoints that nobody else holds, and reads on from the hindmost. All in one round trip where
 * they stand where this process left them, which is the rule; the checkpoints are read before the entries in any case.
 * @param upTo asked once the checkpoints are held: read no further than this
 */
export const take = async (
  client: ClientBase,
  projections: readonly Projection[],
  limit: number,
  upTo?: (client: ClientBase) => Promise<Place>,
): Promise<Taken> => {
  const types = [...new Set(projections.flatMap((it) => [...it.types]))];
  const guess = upTo ? undefined : projections[0]?.place;
  const [, locked, early] = await packed(client, () =>
    Promise.all([
      client.query(begin),
      client.query<[string, string, string]>({ ...lock, values: [projections.map((it) => it.table.name)] }),
      guess ? readRecorded(client, guess, limit, types) : Promise.resolve([]),
    ]),
  );
  const places = held(projections, locked.rows);
  const [from = beginning, ...others] = [...places.values()].sort(inOrder);
  const group = [...places.keys()].filter((it) => it.place && samePlace(it.place, from));
  if (group.length === 0) return { places, group, from, entries: [] };
  const bound = upTo ? await upTo(client) : others.find((it) => !samePlace(it, from));
  const guessed = guess && !bound && samePlace(guess, from);
  return { places, group, from, entries: guessed ? early : await readRecorded(client, from, limit, types, bound) };
};

/** Moves checkpoints that this transaction holds. */
export const moveTo = async (client: ClientBase, projections: readonly Projection[], { position, seq }: Place): Promise<void> => {
  await client.query({ ...move, values: [projections.map((it) => it.table.name), position, seq] });
};
