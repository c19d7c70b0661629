import type { ClientBase } from 'pg';
import { flush } from './fill.flush.js';
import { fillRows } from './fill.rows.js';
import { keysOf, type Recorded } from './fold.js';
import { foldParking, type Parking } from './parking.js';
import { ViewFault, type Projection } from './projection.js';
import { folded, load, remember, work, write } from './projection.work.js';
import type { Place } from './recorded.js';

/** How one view is folded into a table of the connection's own. */
export interface MomentStep {
  readonly fold: (events: readonly Recorded[], place: Place) => Promise<void>;
  /** Writes what was not written yet. */
  readonly end: () => Promise<void>;
}

/** PostgreSQL refuses a row, or a column throws, of many: it is not known which. */
export class Unwritable extends Error {
  override readonly name = 'Unwritable';
}

// Of all views of a moment together; objects take about three times their JSON's bytes.
const usual = { rows: 50_000, bytes: 24 * 2 ** 20 };

const never = (): boolean => false;
const nobody = (): never => {
  throw new Error('no policy runs as of a moment');
};

/** Folds with keys left at the row that they have where they fail, now and from then on. */
const carefully = async (
  client: ClientBase,
  it: Projection,
  events: readonly Recorded[],
  write: (done: Parking['done']) => Promise<void>,
): Promise<void> => {
  await client.query('begin');
  const { done, faults } = await foldParking(client, it, events, { reacts: never, execute: nobody, deciderOf: nobody });
  await write(done);
  await client.query('commit');
  it.parked = new Map([...it.parked, ...faults.map(({ key, event }) => [key, event] as const)]);
};

/** Folds in memory and writes by COPY whenever there is much to write. @param views share the memory @throws Unwritable */
export const inMemory = (client: ClientBase, whole: Projection, views: number, memory = usual): MomentStep => {
  const rows = fillRows(() => ({ rows: memory.rows / views, bytes: memory.bytes / views }));
  const it = Object.assign(whole, { cache: rows });
  rows.empty();
  /** What the memory has forgotten is asked for first, so that it is known whether the table has it. */
  const fetch = async (events: readonly Recorded[]): Promise<void> => {
    if (rows.complete()) return;
    const mine = events.filter(({ type }) => it.types.has(type));
    const unknown = new Set(mine.flatMap((event) => keysOf(it.view, event)).filter((key) => rows.get(key) === undefined));
    for (const [key, row] of await load(client, it, unknown)) if (row) rows.found(key, row);
  };
  const end = async (): Promise<void> => {
    await flush(client, it.table, rows).catch((cause: unknown) => {
      throw new Unwritable('', { cause });
    });
    rows.written();
  };
  return {
    fold: async (events) => {
      await fetch(events);
      try {
        rows.put((await folded(client, it, events, never)).changed.values());
      } catch (error) {
        if (!(error instanceof ViewFault)) throw error;
        await carefully(client, it, events, ({ changed }) => Promise.resolve(rows.put(changed.values())));
      }
      if (rows.full()) await end();
    },
    end,
  };
};

/** Folds and writes page by page, so that a row which PostgreSQL refuses is found. */
export const byBatches = (client: ClientBase, it: Projection): MomentStep => ({
  fold: async (events, place) => {
    try {
      const done = await work(client, it, events, never);
      await write(client, done);
      remember(done, place);
    } catch (error) {
      if (!(error instanceof ViewFault)) throw error;
      await carefully(client, it, events, async (done) => {
        await write(client, done);
        remember(done, place);
      });
    }
  },
  end: () => Promise.resolve(),
});
