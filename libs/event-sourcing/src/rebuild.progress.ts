import type { ClientBase } from 'pg';
import type { Generation } from './view.ensure.js';
import type { AnyView } from './view.js';
import { generationsOf } from './view.table.js';

/** A generation of a view, and how far it is. */
export interface GenerationProgress extends Generation {
  /** The view's table. */
  readonly view: string;
  /** The build's version of the view. */
  readonly wanted: number;
  /** Does it wait when it is full, to be compared? */
  readonly compare: boolean;
  /** Entries of the recorded order, own and received, that it holds; and all there are. */
  readonly done: number;
  readonly total: number;
  /** Entries a second since it is in its state; 0 unless it is being filled. */
  readonly rate: number;
  /** Seconds until it is full at that rate; undefined where nobody can say. */
  readonly etaSeconds: number | undefined;
  /** Since when it is in its state. */
  readonly since: Date;
  /** Why it stands still. */
  readonly reason: string | undefined;
}

const statement = {
  name: 'rebuild-progress',
  text: /* sql */ `
    select name, version, generation, state, position, seq, compare, since, reason, position + seq as done, since_entries,
        (select coalesce(max(position), 0) from events) + (select coalesce(max(seq), 0) from received) as total,
        extract(epoch from clock_timestamp() - since)::float8 as seconds
      from checkpoints where name ~ any($1) order by generation`,
};

type Counted = 'position' | 'seq' | 'done' | 'total' | 'since_entries';
type Found = Omit<GenerationProgress, Counted | 'reason'> & Record<Counted, string | number> & { seconds: number; reason: string | null };

const progressOf = (view: AnyView, { seconds, since_entries, reason, ...found }: Found): GenerationProgress => {
  const done = Number(found.done);
  const total = Number(found.total);
  const rate = found.state === 'filling' && seconds > 0 ? (done - Number(since_entries)) / seconds : 0;
  return {
    ...found,
    ...{ view: view.options.table, wanted: view.options.version, done, total, rate },
    ...{ position: Number(found.position), seq: Number(found.seq), reason: reason ?? undefined },
    etaSeconds: rate > 0 ? Math.max(0, total - done) / rate : undefined,
  };
};

/** All generations of these views, view by view, oldest first. */
export const rebuildProgress = async (client: Pick<ClientBase, 'query'>, views: readonly AnyView[]): Promise<GenerationProgress[]> => {
  const { rows } = await client.query<Found>({ ...statement, values: [views.map((it) => generationsOf(it.options.table))] });
  return views.flatMap((view) => {
    const mine = new RegExp(generationsOf(view.options.table));
    return rows.filter(({ name }) => mine.test(name)).map((it) => progressOf(view, it));
  });
};
