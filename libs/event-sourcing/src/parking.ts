import type { ClientBase } from 'pg';
import { comesBefore, isAside, type Aside, type At, type Fault } from './aside.js';
import { fold, keysOf, type Recorded, type Row } from './fold.js';
import { answered, callerOf, isPoison, type CarriedOut, type Execute } from './policies.js';
import type { Projection } from './projection.js';
import { folded, isRefusal, load, rowsOfEvent, write, written, type Reacts, type Wished, type Work } from './projection.work.js';
import type { AnyDecider } from './decider.js';
import type { Folded } from './view.table.js';

/** What was folded with some keys left where they fail. */
export interface Parking extends CarriedOut {
  readonly done: Work;
  /** One a key, each at the first event that fails. */
  readonly faults: readonly Fault[];
}

/** What it is done with. */
export interface ParkingOptions {
  readonly reacts: Reacts;
  readonly execute: Execute;
  readonly deciderOf: (commands: string) => AnyDecider;
  /** Only these keys, parked or not; all that are not parked where absent. */
  readonly only?: ReadonlySet<string>;
  /** Looks at what has failed so far. @throws where it is too much */
  readonly demand?: (faults: readonly Fault[]) => Promise<void>;
}

/** Would PostgreSQL take these rows? Answers why not, and leaves the transaction as it was. */
const refusal = async (client: ClientBase, it: Projection, rows: readonly Folded[]): Promise<unknown> => {
  let ready: ReturnType<typeof written>;
  try {
    ready = written(it, new Map(rows.map((row) => [row.key, row])));
  } catch (error) {
    return error;
  }
  await client.query('savepoint trying');
  try {
    await write(client, { projection: it, ...ready });
    return undefined;
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (!isRefusal(cause)) throw error;
    return cause;
  } finally {
    await client.query('rollback to trying; release trying');
  }
};

/** Halves what is refused until each culprit stands alone. */
const refusedOf = async (client: ClientBase, it: Projection, rows: readonly Folded[]): Promise<(readonly [string, unknown])[]> => {
  const error = rows.length > 0 ? await refusal(client, it, rows) : undefined;
  if (error === undefined) return [];
  const [first] = rows;
  if (rows.length === 1 && first) return [[first.key, error]];
  const half = Math.ceil(rows.length / 2);
  return [...(await refusedOf(client, it, rows.slice(0, half))), ...(await refusedOf(client, it, rows.slice(half)))];
};

/** At which of a key's events does its row become one that is refused? */
const culprit = async (client: ClientBase, it: Projection, key: string, events: readonly Recorded[], aside: Aside): Promise<Recorded | undefined> => {
  const { parked, discarded } = aside;
  const only = { parked, discarded, only: new Set([key]) };
  const rows = new Map<string, Row | undefined>(await load(client, it, only.only));
  const mine = events.filter((event) => it.types.has(event.type) && keysOf(it.view, event).includes(key) && !isAside(only, key, event));
  for (const event of mine) {
    const changed = fold(it.view, rows, [event], undefined, only);
    if (await refusal(client, it, [...changed.values()])) return event;
    for (const { row } of changed.values()) rows.set(key, row);
  }
  return mine.at(-1);
};

/** Executes what is wanted at once, key by key in order, each up to its first failure. */
const carryOutByKey = async (wishes: readonly Wished[], { execute, deciderOf }: ParkingOptions): Promise<CarriedOut & { failed: Fault[] }> => {
  const failed: Fault[] = [];
  let then = 0;
  let rejected = 0;
  const send = async (mine: readonly Wished[]): Promise<void> => {
    for (const { policy, event, n, method, command, trace, key, because } of mine)
      try {
        const position = await answered(() => execute(deciderOf(policy.commands.typeName), method, command, callerOf(policy.name, event, n, trace)));
        if (position === undefined) rejected++;
        else then = Math.max(then, position);
      } catch (cause) {
        if (!isPoison(cause)) throw cause;
        return void failed.push({ key, event: because, what: `policy ${policy.name}`, cause });
      }
  };
  const ofKeys = new Map<string, Wished[]>();
  for (const wish of wishes.filter(({ at }) => !at)) ofKeys.set(wish.key, [...(ofKeys.get(wish.key) ?? []), wish]);
  await Promise.all([...ofKeys.values()].map(send));
  return { then, rejected, failed };
};

/** Keys that cannot be the key of a row at all. */
const unkeyed = (it: Projection, events: readonly Recorded[], aside: Aside): Fault[] =>
  events.flatMap((event) =>
    (it.types.has(event.type) ? rowsOfEvent(it, event) : []).flatMap((key) => {
      if (isAside(aside, key, event)) return [];
      try {
        it.table.keys([key]);
        return [];
      } catch (cause) {
        return [{ key, event, what: 'key', cause }];
      }
    }),
  );

/**
 * Folds events as a batch does, but where something fails only the row's key is left, as it was before that event: a fold, a policy, a
 * policy's command, a value that PostgreSQL refuses. Folds again until nothing fails; commands are repeated without a second effect.
 * Nothing is written yet.
 * @throws ViewFault where an event does not even tell its keys
 */
export const foldParking = async (client: ClientBase, it: Projection, events: readonly Recorded[], options: ParkingOptions): Promise<Parking> => {
  const { only, reacts, demand } = options;
  const faults = new Map<string, Fault>();
  const parked = new Map<string, At>([...it.parked].filter(([key]) => !only?.has(key)));
  const park = (fault: Fault): void => {
    const before = faults.get(fault.key);
    if (before && !comesBefore(fault.event, before.event)) return;
    faults.set(fault.key, fault);
    parked.set(fault.key, { position: fault.event.position, seq: fault.event.seq });
  };
  const aside: Aside = { parked, discarded: it.discarded, park, ...(only && { only }) };
  for (const fault of unkeyed(it, events, aside)) park(fault);
  for (;;) {
    const { changed, wishes } = await folded(client, it, events, reacts, aside);
    await demand?.([...faults.values()]);
    const refused = await refusedOf(client, it, [...changed.values()]);
    for (const [key, cause] of refused) {
      const event = await culprit(client, it, key, events, aside);
      if (!event) throw cause;
      park({ key, event, what: 'column', cause });
    }
    if (refused.length > 0) continue;
    const { failed, then, rejected } = await carryOutByKey(wishes, options);
    failed.forEach(park);
    if (failed.length === 0)
      return { done: { projection: it, changed, ...written(it, changed), wishes }, faults: [...faults.values()], then, rejected };
  }
};
