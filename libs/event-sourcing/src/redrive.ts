import type { ClientBase } from 'pg';
import { comesBefore, type At } from './aside.js';
import type { Surroundings } from './batch.js';
import { keysOf, type Recorded } from './fold.js';
import { interpret } from './interpret.js';
import { forgetParked, learnAside, writeParked } from './parked.js';
import { foldParking } from './parking.js';
import { writeTimers } from './policies.js';
import { projection, type Projection } from './projection.js';
import { write, type Reacts } from './projection.work.js';
import { beginning, isAfter, isBefore, readRecorded, samePlace, type Place } from './recorded.js';
import { Rejection } from './rejection.js';
import type { Generation } from './view.ensure.js';
import type { Policy } from './policy.js';
import type { AnyView } from './view.js';

/** What came of one key: folded to where its view stands, or parked again at a later event or the same. */
export interface Redriven {
  readonly key: string;
  readonly folded: boolean;
}

/** What redriving needs. */
export interface Redriving extends Pick<Surroundings, 'contracts' | 'read' | 'execute' | 'deciderOf' | 'begins'> {
  readonly view: AnyView;
  readonly policies: readonly Policy[];
}

const pageSize = 2_000;
const keysAtOnce = 25;

/** The place right before an event. */
const placeBefore = async (client: ClientBase, { position, seq }: At): Promise<Place> => {
  if (seq > 0) return { position, seq: seq - 1 };
  const { rows } = await client.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from received where after < $1', [position]);
  return { position: position - 1, seq: Number(rows[0]?.seq) };
};

/** Events of some keys, each from its pointer on; empty stands for events that name no row. */
type Queues = Map<string, Recorded[]>;

const keysIn = (it: Projection, event: Recorded): readonly string[] => {
  try {
    const keys = keysOf(it.view, event);
    return keys.length > 0 ? [...new Set(keys)] : [''];
  } catch {
    return [];
  }
};

const collect = async (
  client: ClientBase,
  it: Projection,
  queues: Queues,
  from: Place,
  upTo: Place,
  { contracts, read }: Redriving,
): Promise<void> => {
  for (let place = from; ;) {
    const entries = await readRecorded(client, place, pageSize, [...it.types], upTo);
    const { events, to, stuck } = interpret(entries, place, contracts, read);
    if (stuck) throw new Rejection('view-version-differs', 'conflict', `Redrive with the newer build: ${stuck}.`);
    for (const event of events) if (it.types.has(event.type)) for (const key of keysIn(it, event)) queues.get(key)?.push(event);
    if (entries.length < pageSize) return;
    place = to;
  }
};

const placeOf = (row: { position: string; seq: string } | undefined): Place => ({ position: Number(row?.position ?? 0), seq: Number(row?.seq ?? 0) });
const begin = `begin; set local lock_timeout = '10s'; set local transaction_timeout = '120s'`;
const checkpoint = 'select position, seq, state from checkpoints where name = $1';

/** Keys whose rows are folded from the start, since they do not stand where their pointers do. */
const afreshIn = async (client: ClientBase, name: string): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ key: string }>('select key from parked where generation = $1 and afresh', [name]);
  return new Set(rows.map((it) => it.key));
};

/** As if there were no row. */
const fromNothing = async (client: ClientBase, it: Projection, key: string): Promise<void> => {
  if (key) await client.query({ ...it.table.remove, values: [[key]] });
  it.cache.set(key, null);
};

/** What was read before the checkpoint was held. */
interface Collected {
  readonly queues: Queues;
  readonly from: Place;
  readonly to: Place;
}

/** Folds a few keys that are still parked, while the checkpoint is held. */
const redriveSome = async (client: ClientBase, it: Projection, { queues, from, to }: Collected, around: Redriving): Promise<Redriven[]> => {
  const name = it.table.name;
  const { rows } = await client.query<{ position: string; seq: string; state: string }>(`${checkpoint} for update`, [name]);
  if (!rows[0]) return [];
  await learnAside(client, [it]);
  const upTo = placeOf(rows[0]);
  if (isBefore(to, upTo)) await collect(client, it, queues, to, upTo, around);
  const live = rows[0].state === 'live';
  const afresh = await afreshIn(client, name);
  const redriven: Redriven[] = [];
  for (const [key, events] of queues) {
    const pointer = it.parked.get(key);
    // One that was carried over meanwhile is for the next time: its events were not read from the start.
    if (!pointer || (afresh.has(key) && !samePlace(from, beginning))) continue;
    // On what comes before its pointer a policy has acted.
    const reacts: Reacts = (policy, event) => live && !comesBefore(event, pointer) && isAfter(event, around.begins.get(policy) ?? beginning);
    const mine = afresh.has(key) ? events : events.filter((event) => !comesBefore(event, pointer));
    if (afresh.has(key)) await fromNothing(client, it, key);
    const { done, faults } = await foldParking(client, it, mine, { ...around, reacts, only: new Set([key]) });
    await write(client, done);
    await writeTimers(
      client,
      done.wishes.filter(({ at }) => at),
    );
    if (faults.length > 0) await writeParked(client, name, faults, 1);
    else await forgetParked(client, name, [key]);
    redriven.push({ key, folded: faults.length === 0 });
  }
  return redriven;
};

/**
 * Folds parked keys of one generation again, in the recorded order, from where each was parked to where its view stands, and runs its
 * policies. What was recorded before is read without holding anybody up; then a few keys at a time, each few in one transaction that
 * holds the checkpoint like a projector. A key that fails again stays parked at the event that fails; what was folded before is kept.
 * @param keys undefined is all that are parked
 * @throws Rejection view-version-differs where a newer build has recorded what this one cannot read
 */
export const redriveGeneration = async (
  client: ClientBase,
  { name }: Generation,
  keys: readonly string[] | undefined,
  around: Redriving,
): Promise<Redriven[]> => {
  const it = projection(around.view, name, around.policies, keysAtOnce);
  await learnAside(client, [it]);
  const pointers = [...it.parked].filter(([key]) => !keys || keys.includes(key));
  const first = pointers.map(([, at]) => at).reduce((a: At | undefined, b) => (a && comesBefore(a, b) ? a : b), undefined);
  if (!first) return [];
  const afresh = await afreshIn(client, name);
  const from = pointers.some(([key]) => afresh.has(key)) ? beginning : await placeBefore(client, first);
  const known: Queues = new Map(pointers.map(([key]) => [key, []]));
  const to = placeOf((await client.query<{ position: string; seq: string }>(checkpoint, [name])).rows[0]);
  await collect(client, it, known, from, to, around);
  const all = [...known];
  const redriven: Redriven[] = [];
  for (let n = 0; n < all.length; n += keysAtOnce) {
    await client.query(begin);
    try {
      redriven.push(...(await redriveSome(client, it, { queues: new Map(all.slice(n, n + keysAtOnce)), from, to }, around)));
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  }
  return redriven;
};
