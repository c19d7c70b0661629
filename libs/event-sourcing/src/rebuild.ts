import type { ClientBase, Pool } from 'pg';
import { rebuildProgress, type GenerationProgress } from './rebuild.progress.js';
import { dropUnused, generationsLock } from './rebuild.functions.js';
import { Rejection } from './rejection.js';
import type { ServiceDefinition } from './service.js';
import { generations, type Generation } from './view.ensure.js';
import type { AnyView } from './view.js';
import { generationsOf } from './view.table.js';

/** What an operator does to the generations of a service's views. Each call answers all generations of the view as they then are. */
export interface Rebuilds {
  /** @param view one view only. @throws Rejection view-unknown */
  list(view?: string): Promise<GenerationProgress[]>;
  /** Begins a new generation, from the start; `compare` makes it wait when it is full. */
  begin(view: string, compare: boolean): Promise<GenerationProgress[]>;
  pause(view: string): Promise<GenerationProgress[]>;
  /** Goes on; one that was full and waited takes its place. */
  resume(view: string): Promise<GenerationProgress[]>;
  /** Drops every generation that is not live and that this build can do without. */
  abort(view: string): Promise<GenerationProgress[]>;
  /** Brings the one that was live before up and back. */
  back(view: string): Promise<GenerationProgress[]>;
}

/** What a rule sees: the build's version of the view, and what there is. */
export interface Known {
  readonly version: number;
  readonly live: Generation;
  /** Neither live nor kept. */
  readonly coming: Generation | undefined;
  readonly kept: Generation | undefined;
}

type Change = (client: ClientBase, view: AnyView, known: Known) => Promise<void>;

const conflict = (slug: string, detail: string): Rejection => new Rejection(slug, 'conflict', detail);
const none = (): Rejection => conflict('rebuild-none', 'This view is not being rebuilt.');
const demandVersion = ({ live, version }: Known): void => {
  if (live.version === version) return;
  const detail = `Version ${live.version} of this view is live and this process has version ${version}: ask once all processes have the same build.`;
  throw conflict('view-version-differs', detail);
};
const demandFree = ({ coming }: Known): void => {
  if (coming) throw conflict('rebuild-waits', `A rebuild of this view is under way and ${coming.state}: resume or abort it first.`);
};

// The number of a generation that was dropped is given again: by its turn a process that knows the old one notices.
const insert = /* sql */ `
  insert into checkpoints (name, version, generation, position, seq, state, compare, turn)
    values ($1, $2, $3, 0, 0, 'filling', $4, (1e9 * random())::int)`;
const become = /* sql */ `
  update checkpoints set state = $2, compare = compare and $3, reason = null, since = clock_timestamp(), since_entries = position + seq where name = $1`;
const remove = 'delete from checkpoints where name = any($1)';

const begin =
  (compare: boolean): Change =>
  async (client, view, known) => {
    const { coming, kept, live } = known;
    // Who asks again after a lost answer finds it under way, or waiting as wished.
    if (compare && coming?.state === 'filled') return;
    if (coming?.state === 'filling') {
      if (compare) await client.query('update checkpoints set compare = true where name = $1', [coming.name]);
      return;
    }
    demandFree(known);
    demandVersion(known);
    if (kept) await client.query(remove, [[kept.name]]);
    const { rows } = await client.query<{ name: string }>('select begin_generation($1, current_user::text) as name', [view.options.table]);
    const name = rows[0]?.name ?? '';
    await client.query(insert, [name, live.version, Number(/[0-9]+$/.exec(name)?.[0]), compare]);
  };

const pause: Change = async (client, _, { coming }) => {
  if (coming?.state === 'filling') await client.query(become, [coming.name, 'paused', true]);
  else if (coming?.state !== 'paused') throw none();
};

const resume: Change = async (client, _, { coming }) => {
  if (!coming) throw none();
  if (coming.state !== 'filling') await client.query(become, [coming.name, 'filling', coming.state === 'paused']);
};

const abort: Change = async (client, _, { coming, kept, live, version }) => {
  const needed = coming && coming.version === version && live.version !== version;
  const useless = [kept, needed ? undefined : coming].flatMap((it) => (it ? [it.name] : []));
  if (useless.length > 0) await client.query(remove, [useless]);
  else if (needed)
    throw conflict(
      'rebuild-needed',
      'This build reads the new version of the view. Pause the rebuild, or deploy the older build and abort it there.',
    );
  else throw none();
};

const back: Change = async (client, _, known) => {
  demandFree(known);
  demandVersion(known);
  const detail =
    'No older generation of the live version is kept. To go back to an older definition, give it a higher version number and deploy that build.';
  if (!known.kept) throw conflict('nothing-kept', detail);
  await client.query(become, [known.kept.name, 'filling', false]);
};

// Who holds them sees no swap between the look and the change.
const hold = `select from checkpoints where name ~ $1 and state <> 'live' order by name for update`;

const knownOf = async (client: ClientBase, view: AnyView): Promise<Known> => {
  await client.query(hold, [generationsOf(view.options.table)]);
  const all = await generations(client, view.options.table);
  const live = all.find((it) => it.state === 'live');
  if (!live) throw new Error(`view ${view.options.table} has no live generation`);
  const { version } = view.options;
  const coming = all.filter((it) => it.state !== 'live' && it.state !== 'kept');
  // One that another build left behind must not hide this build's own.
  return { version, live, coming: coming.find((it) => it.version === version) ?? coming[0], kept: all.find((it) => it.state === 'kept') };
};

/** SQLSTATE of a lock, and of a transaction, that took too long. */
const late = new Set(['55P03', '25P04']);

/**
 * The rules by which generations come and go while a service runs: each changes checkpoint rows only, under one lock; projectors, of
 * whatever process, see it at their next look.
 * @param changed called after each change
 * @throws Rejection view-unknown, rebuild-none, rebuild-waits, rebuild-needed, nothing-kept, view-version-differs, rebuild-busy
 */
export const rebuilds = (pool: Pool, { views }: ServiceDefinition, changed: () => Promise<void> = () => Promise.resolve()): Rebuilds => {
  const viewOf = (name: string): AnyView => {
    const found = views.find((it) => it.options.table === name);
    const names = views.map((it) => it.options.table).join(', ');
    if (!found) throw new Rejection('view-unknown', 'not-found', `This service has no view of this name. It has ${names}.`);
    return found;
  };
  const change = async (name: string, act: Change): Promise<GenerationProgress[]> => {
    const view = viewOf(name);
    const client = await pool.connect();
    try {
      await client.query(`begin; set local lock_timeout = '10s'; set local transaction_timeout = '15s'`);
      await client.query(generationsLock);
      await act(client, view, await knownOf(client, view));
      await client.query('commit');
      // What cannot be dropped now is dropped by the next change, or the next start.
      await dropUnused(client, name).catch(() => undefined);
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      if (!late.has(String((error as { code?: unknown }).code))) throw error;
      throw new Rejection('rebuild-busy', 'unavailable', 'A projector is in the middle of a long batch of this view. Try again.');
    } finally {
      client.release();
    }
    await changed();
    return rebuildProgress(pool, [view]);
  };
  return {
    list: async (name) => rebuildProgress(pool, name === undefined ? views : [viewOf(name)]),
    begin: (view, compare) => change(view, begin(compare)),
    pause: (view) => change(view, pause),
    resume: (view) => change(view, resume),
    abort: (view) => change(view, abort),
    back: (view) => change(view, back),
  };
};
