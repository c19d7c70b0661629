import type { ClientBase } from 'pg';
import { packed } from './dedicated.js';
import { learnAside } from './parked.js';
import { forget, type Projection } from './projection.js';
import { readPage, type Ahead, type Page, type Reading } from './page.js';
import { isBefore, samePlace, type Place } from './recorded.js';

/** Checkpoints that a transaction holds, and what comes next for those that stand furthest back. */
export interface Taken {
  /** Where the checkpoints that are held stand; the others are held elsewhere, or gone. */
  readonly places: ReadonlyMap<Projection, Place>;
  /** Those furthest back: they go first, no further than the next ones stand, where they meet. */
  readonly group: readonly Projection[];
  /** Undefined where no checkpoint is held. */
  readonly page: Page | undefined;
}

/** What is known before the checkpoints are held. */
export interface Expected extends Reading {
  /** Asked once they are: read no further than this. */
  readonly upTo?: ((client: ClientBase) => Promise<Place>) | undefined;
  readonly ahead?: Ahead | undefined;
}

const begin = `begin; set local synchronous_commit = off; set local transaction_timeout = '30s'`;
const lock = {
  name: 'checkpoints-lock',
  rowMode: 'array' as const,
  // By state as well: what was live or being filled a moment ago may be kept or paused now, and nobody folds it then.
  text: 'select name, position, seq, turn from checkpoints where name = any($1) and reason is null and state = any($2) order by name for update skip locked',
};
const folded = { live: ['live'], filling: ['filling', 'filled'] };
const move = {
  name: 'checkpoints-move',
  text: 'update checkpoints set position = $2, seq = $3, updated_at = clock_timestamp() where name = any($1)',
};

type Locked = readonly [name: string, position: string, seq: string, turn: number];

/**
 * What this process believes of the rows of a checkpoint that it could not lock stays until it can. What is passed over is read
 * where it has had another turn, in a statement after the one that locked it.
 */
const held = async (client: ClientBase, projections: readonly Projection[], rows: readonly Locked[]): Promise<Map<Projection, Place>> => {
  const found = new Map(rows.map(([name, position, seq, turn]) => [name, { place: { position: Number(position), seq: Number(seq) }, turn }]));
  const places = new Map<Projection, Place>();
  const outdated: Projection[] = [];
  for (const it of projections) {
    const known = found.get(it.table.name);
    if (!known) continue;
    const { place, turn } = known;
    if (it.turn !== turn) outdated.push(it);
    if (!it.place || !samePlace(place, it.place) || it.turn !== turn) forget(it);
    it.place = place;
    it.turn = turn;
    places.set(it, place);
  }
  if (outdated.length > 0) await learnAside(client, outdated);
  return places;
};

const inOrder = (a: Place, b: Place): number => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);

/** What was read ahead, where it is what comes next. */
const expected = async ({ ahead, types }: Expected, from: Place): Promise<Page | undefined> =>
  ahead && samePlace(ahead.from, from) && ahead.types.join() === types.join() ? ahead.page : undefined;

/**
 * Begins a transaction, locks the checkpoints that nobody else holds, and reads on from the hindmost. All in one round trip where
 * they stand where this process left them, which is the rule; the checkpoints are read before the entries in any case.
 */
export const take = async (client: ClientBase, projections: readonly Projection[], reading: Expected): Promise<Taken> => {
  const guess = reading.upTo || reading.ahead ? undefined : projections[0]?.place;
  const [, locked, guessed] = await packed(client, () =>
    Promise.all([
      client.query(begin),
      client.query<[string, string, string, number]>({
        ...lock,
        values: [projections.map((it) => it.table.name), reading.upTo ? folded.filling : folded.live],
      }),
      guess && readPage(client, guess, reading),
    ]),
  );
  const places = await held(client, projections, locked.rows);
  const [from, ...others] = [...places.values()].sort(inOrder);
  if (!from) return { places, group: [], page: undefined };
  const group = [...places.keys()].filter((it) => it.place && samePlace(it.place, from));
  const bound = reading.upTo ? await reading.upTo(client) : others.find((it) => !samePlace(it, from));
  const known = guessed ?? (await expected(reading, from));
  const good = known && samePlace(known.from, from) && !(bound && isBefore(bound, known.to));
  return { places, group, page: good ? known : await readPage(client, from, reading, bound) };
};

/** Moves checkpoints that this transaction holds. */
export const moveTo = async (client: ClientBase, projections: readonly Projection[], { position, seq }: Place): Promise<void> => {
  await client.query({ ...move, values: [projections.map((it) => it.table.name), position, seq] });
};
