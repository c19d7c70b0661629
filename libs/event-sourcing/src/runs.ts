import type { Pool } from 'pg';
import { countParked } from './parked.js';
import { projection, type Projection } from './projection.js';
import type { Place } from './recorded.js';
import type { ServiceDefinition } from './service.js';
import { generationsOfAll, policyCheckpoint, type Generation } from './view.ensure.js';
import type { AnyView } from './view.js';

/** A generation of a view that this build folds, and how that goes in this process. */
export interface Run {
  readonly view: AnyView;
  readonly projection: Projection;
  readonly filling: boolean;
  /** Folded by itself until it has caught up with the others: it is far behind, or to blame for a failure. */
  alone: boolean;
  /** Failures in a row; not before `notBefore` is it tried again. */
  tries: number;
  notBefore: number;
  /** Why it stands still until somebody says that it may go on. */
  stopped: string | undefined;
  /** Why it waits for another build. */
  stuck: string | undefined;
  /** Keys that are passed over, as the database had it at the last look. */
  parked: number;
}

/** What the checkpoints say of a service's views. */
export interface Found {
  readonly runs: readonly Run[];
  /** Where the live generation of each view stands, of whatever version. */
  readonly live: ReadonlyMap<string, { readonly position: number; readonly version: number }>;
}

const fresh = (view: AnyView, projected: Projection, filling: boolean): Run => ({
  view,
  projection: projected,
  filling,
  alone: filling,
  tries: 0,
  notBefore: 0,
  stopped: undefined,
  stuck: undefined,
  parked: 0,
});

/** One that stands still is no run; beside a newer build's live generation this one's is of no use any more. */
const folds = (view: AnyView, { version, state }: Generation, live: Generation | undefined): boolean =>
  version === view.options.version && state !== 'paused' && state !== 'kept' && !(live && live.version > version);

/** Somebody of any process may have stopped it, or said that it may go on. */
const stopAsSaid = (run: Run, { reason }: Generation): void => {
  if (run.stopped !== undefined && reason === undefined) Object.assign(run, { tries: 0, notBefore: 0 });
  run.stopped = reason;
};

/** Reads which generations of this build's views there are; keeps what is known of those that still are as they were. */
export const findRuns = async (pool: Pool, { views, policies = [] }: ServiceDefinition, known: readonly Run[]): Promise<Found> => {
  const runs: Run[] = [];
  const all = await generationsOfAll(
    pool,
    views.map((it) => it.options.table),
  );
  const parked = await countParked(pool);
  const live = new Map<string, { position: number; version: number }>();
  for (const view of views) {
    const found = all.get(view.options.table) ?? [];
    const shown = found.find((it) => it.state === 'live');
    if (shown) live.set(view.options.table, shown);
    for (const it of found) {
      if (!folds(view, it, shown)) continue;
      const before = known.find(({ projection: { table } }) => table.name === it.name);
      const filling = it.state !== 'live';
      const run = before?.filling === filling ? before : fresh(view, before?.projection ?? projection(view, it.name, policies), filling);
      stopAsSaid(run, it);
      run.parked = parked.get(it.name) ?? 0;
      runs.push(run);
    }
  }
  return { runs, live };
};

/** The place at which each policy began. */
export const policyBegins = async (pool: Pool, { policies = [] }: ServiceDefinition): Promise<ReadonlyMap<string, Place>> => {
  const { rows } = await pool.query<{ name: string; position: string; seq: string }>(
    'select name, position, seq from checkpoints where name = any($1)',
    [policies.map((it) => policyCheckpoint(it.name))],
  );
  const found = new Map(rows.map(({ name, position, seq }) => [name, { position: Number(position), seq: Number(seq) }]));
  return new Map(
    policies.map(({ name }) => {
      const place = found.get(policyCheckpoint(name));
      if (!place) throw new Error(`policy ${name} has no checkpoint: were the views ensured?`);
      return [name, place];
    }),
  );
};
