import type { Pool } from 'pg';
import { projection, type Projection } from './projection.js';
import type { Place } from './recorded.js';
import type { ServiceDefinition } from './service.js';
import { generations, policyCheckpoint } from './view.ensure.js';
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
  /** Why it stands still until the process ends. */
  stopped: string | undefined;
  /** Why it waits for another build. */
  stuck: string | undefined;
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
});

/** Reads which generations of this build's views there are; keeps what is known of those that still are as they were. */
export const findRuns = async (pool: Pool, { views, policies = [] }: ServiceDefinition, known: readonly Run[]): Promise<Found> => {
  const runs: Run[] = [];
  const live = new Map<string, { position: number; version: number }>();
  for (const view of views) {
    const found = await generations(pool, view.options.table);
    const shown = found.find((it) => it.state === 'live');
    if (shown) live.set(view.options.table, shown);
    // Beside a newer build's live generation this one's is of no use any more.
    if (shown && shown.version > view.options.version) continue;
    for (const { name, state } of found.filter((it) => it.version === view.options.version)) {
      const before = known.find((it) => it.projection.table.name === name);
      const filling = state === 'filling';
      runs.push(before?.filling === filling ? before : fresh(view, before?.projection ?? projection(view, name, policies), filling));
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
