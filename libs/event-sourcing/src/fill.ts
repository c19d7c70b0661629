import type { ClientBase } from 'pg';
import { classOf } from './aside.js';
import type { Surroundings } from './batch.js';
import { moveTo, take } from './checkpoints.js';
import { flush } from './fill.flush.js';
import { fillRows, type FillMemory, type FillRows } from './fill.rows.js';
import { fold, FoldFault, keysOf, type Recorded } from './fold.js';
import { forget, type Projection } from './projection.js';
import { asideOf, load } from './projection.work.js';
import { beginning, isBefore, samePlace, type Place } from './recorded.js';
import { replay } from './replay.js';
import type { Run } from './runs.js';
import { generationsOf } from './view.table.js';

/** How a generation that is far behind is filled. */
export interface FillLimits extends FillMemory {
  /** Entries to the live generation below which it is left to ordinary batches. */
  readonly near: number;
  /** Entries and milliseconds that one transaction reads at most; it ends sooner where somebody waits for the checkpoint that it holds. */
  readonly entries: number;
  readonly ms: number;
  /** Events that are folded at a time, between which others have their turn. */
  readonly together: number;
}

/** What filling needs. */
export interface FillerOptions {
  /** The application's role. */
  readonly url: string;
  readonly around: Pick<Surroundings, 'contracts' | 'read'>;
  readonly limits?: Partial<FillLimits> | undefined;
  /** How many generations are being filled at once: they share the memory. */
  readonly together: () => number;
  /** Neither message nor fields hold personal data. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Fills generations from the start, faster than by batches. */
export interface Filler {
  /**
   * Folds a long stretch in memory and writes it, with its checkpoint, in one transaction.
   * @param client a connection that nobody else uses meanwhile
   * @returns false where it did nothing and an ordinary batch shall look: the generation is held elsewhere, near the live one, or what
   *   comes next cannot be folded or written
   */
  stretch(client: ClientBase, run: Run): Promise<boolean>;
  /** The stretch that is under way is given up. */
  stop(): void;
}

const usual: FillLimits = { rows: 100_000, bytes: 64 * 2 ** 20, near: 10_000, entries: 200_000, ms: 10_000, together: 1_000 };

/** What is known of a run. */
interface Filled {
  readonly rows: FillRows;
  projection: Projection;
  /** Something failed before here. */
  careful: Place;
  near: boolean;
}

const live = /* sql */ `select position, seq from checkpoints where name ~ $1 and state = 'live'`;
// Who pauses or drops the generation does.
const wanted = /* sql */ `
  select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)) limit 1`;
const askEveryMs = 250;
const distance = (from: Place, to: Place): number => to.position - from.position + to.seq - from.seq;

/** Rows that the memory does not know of are asked for first, so that it is known whether the table has them. */
const fetch = async (client: ClientBase, it: Projection, rows: FillRows, events: readonly Recorded[]): Promise<void> => {
  if (rows.complete()) return;
  const unknown = new Set(events.flatMap((event) => keysOf(it.view, event)).filter((key) => rows.get(key) === undefined));
  for (const [key, row] of await load(client, it, unknown)) if (row) rows.found(key, row);
};

/** A filler of one process. */
export const filler = ({ url, around, limits, together: atOnce, warn }: FillerOptions): Filler => {
  const most = { ...usual, ...limits };
  const known = new WeakMap<Run, Filled>();
  let stopped = false;

  const filledOf = (run: Run): Filled => {
    const found = known.get(run);
    if (found) return found;
    const rows = fillRows(() => ({ rows: most.rows / atOnce(), bytes: most.bytes / atOnce() }));
    // A generation that is being filled runs no policies.
    const projection = { ...run.projection, reactions: new Map(), cache: rows, place: undefined, turn: undefined };
    const it: Filled = { rows, projection, careful: beginning, near: false };
    known.set(run, it);
    return it;
  };

  /** Ordinary batches find out who is to blame, or get through where it was nobody. */
  const beCareful = (it: Filled, upTo: Place, error: unknown): void => {
    it.careful = upTo;
    if (!stopped)
      warn('filled by batches for a while', { view: it.projection.table.name, error: classOf(error instanceof FoldFault ? error.cause : error) });
  };

  const foldOn = async (client: ClientBase, { rows, projection }: Filled, events: readonly Recorded[]): Promise<void> => {
    await fetch(client, projection, rows, events);
    rows.put(fold(projection.view, { get: (key) => rows.get(key) ?? undefined }, events, undefined, asideOf(projection)).values());
  };

  /** Folds from the checkpoint up to `upTo`, or as far as memory and time allow; to the last place before what cannot be folded. */
  const foldAll = async (client: ClientBase, it: Filled, from: Place, upTo: Place): Promise<Place> => {
    const end = performance.now() + most.ms;
    let asked = performance.now();
    const isTime = async (): Promise<boolean> => {
      if (stopped || it.rows.full() || performance.now() > end) return true;
      if (performance.now() - asked < askEveryMs) return false;
      asked = performance.now();
      return (await client.query(wanted)).rowCount === 1;
    };
    const types = [...it.projection.types];
    let waiting: Recorded[] = [];
    let to = from;
    let unreadable = 0;
    let reached = from;
    try {
      for await (const piece of replay(url, { ...around, types }, { from, upTo, limit: most.entries })) {
        waiting.push(...piece.events);
        reached = piece.to;
        unreadable += piece.unreadable;
        if (waiting.length < most.together) continue;
        await foldOn(client, it, waiting);
        waiting = [];
        to = reached;
        if (await isTime()) break;
      }
      await foldOn(client, it, waiting);
      to = reached;
    } catch (error) {
      beCareful(it, reached, error);
      if (!(error instanceof FoldFault)) throw error;
    }
    if (unreadable > 0) warn('received records passed over', { count: unreadable });
    return to;
  };

  const through = async (client: ClientBase, run: Run, it: Filled): Promise<boolean> => {
    let upTo = beginning;
    const bound = async (): Promise<Place> => {
      const { rows } = await client.query<{ position: string; seq: string }>(live, [generationsOf(run.view.options.table)]);
      if (rows[0]) upTo = { position: Number(rows[0].position), seq: Number(rows[0].seq) };
      return upTo;
    };
    const { places } = await take(client, [it.projection], { ...around, types: [], limit: 0, upTo: bound });
    const from = places.get(it.projection);
    if (!from || isBefore(from, it.careful)) return false;
    it.near = distance(from, upTo) <= most.near;
    if (it.near) return false;
    if (samePlace(from, beginning)) it.rows.empty();
    const to = await foldAll(client, it, from, upTo);
    if (stopped || samePlace(from, to)) return false;
    await flush(client, it.projection.table, it.rows).catch((error: unknown) => {
      beCareful(it, to, error);
      throw error;
    });
    await moveTo(client, [it.projection], to);
    await client.query('commit');
    it.rows.written();
    it.projection.place = to;
    return true;
  };

  return {
    stretch: async (client, run) => {
      const it = filledOf(run);
      if (it.near || stopped) return false;
      let moved = false;
      try {
        moved = await through(client, run, it);
      } finally {
        if (!moved) {
          forget(it.projection);
          await client.query('rollback').catch(() => undefined);
        }
      }
      return moved;
    },
    stop: () => {
      stopped = true;
    },
  };
};
