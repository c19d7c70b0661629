import type { Pool } from 'pg';
import type { Surroundings } from './batch.js';
import { dedicated } from './dedicated.js';
import { redriveGeneration, type Redriven } from './redrive.js';
import { discardsOfKey, findParked, isCustomerParked, listParked, type DiscardedEvent, type ParkedKey } from './parked.list.js';
import { isPassing as mayPass, stateOf } from './pool.js';
import { Rejection } from './rejection.js';
import type { ServiceDefinition } from './service.js';
import { generations, type Generation } from './view.ensure.js';
import { generationsOf } from './view.table.js';
import type { AnyView } from './view.js';

/** What an operator does about keys that are parked, and views that stopped. */
export interface Repairs {
  /** @param view one view only. @param after generation and key of the last one seen. @throws Rejection view-unknown */
  list(view: string | undefined, limit: number, after?: readonly [string, string]): Promise<ParkedKey[]>;
  /** One key in each generation, and what was discarded for it. @throws Rejection view-unknown, key-not-parked */
  get(view: string, key: string): Promise<{ parked: readonly ParkedKey[]; discarded: readonly DiscardedEvent[] }>;
  /** Folds again what was passed over, in order. @param keys undefined is all. @throws Rejection view-unknown, key-not-parked, view-version-differs */
  redrive(view: string, keys?: readonly string[]): Promise<Redriven[]>;
  /** Passes over the event at which a key is parked, for good, and folds the rest. @param actor who decides. @throws Rejection as `redrive` */
  discard(view: string, key: string, reason: string, actor: string): Promise<Redriven[]>;
  /** Lets a view go on that stopped. Answers why it had; undefined where it had not. @throws Rejection view-unknown */
  restart(view: string): Promise<string | undefined>;
  /** Does something that this service shows of a customer miss events? */
  concerns(account: string): Promise<boolean>;
}

/** What repairs need. */
export interface RepairsOptions {
  readonly definition: ServiceDefinition;
  readonly url: string;
  readonly pool: Pool;
  readonly surroundings: Surroundings;
  /** Something was repaired: projectors of this process look at once. */
  readonly changed: () => Promise<void>;
}

const notParked = (): Rejection => new Rejection('key-not-parked', 'not-found', 'No event of this key waits in this view.');

/** A lock that took too long, or a connection that was lost. */
const isPassing = (error: unknown): boolean => stateOf(error) === '55P03' || (!(error instanceof Rejection) && mayPass(error));

/** One after the other in this process, on a connection of their own, which is closed when it is idle. */
const inTurn = (url: string) => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(act: (client: Awaited<ReturnType<ReturnType<typeof dedicated>['get']>>) => Promise<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      const line = dedicated(url, 'guanxi-redrive');
      try {
        return await act(await line.get());
      } catch (error) {
        throw isPassing(error) ? new Rejection('redrive-busy', 'unavailable', 'The view could not be held now, or the database is away.') : error;
      } finally {
        await line.end();
      }
    };
    const mine = last.then(run, run);
    last = mine.catch(() => undefined);
    return mine;
  };
};

/** Repairs of a service's views, by any of its processes. */
export const repairs = ({ definition, url, pool, surroundings, changed }: RepairsOptions): Repairs => {
  const { views, policies = [] } = definition;
  const oneAtATime = inTurn(url);
  const viewOf = (name: string): AnyView => {
    const found = views.find((it) => it.options.table === name);
    if (!found) throw new Rejection('view-unknown', 'not-found', 'This service has no view of this name.');
    return found;
  };
  /** A generation that stands still to be gone back to is left as it is. */
  const mine = async (view: AnyView): Promise<Generation[]> => {
    const found = (await generations(pool, view.options.table)).filter((it) => it.state !== 'kept');
    const { version } = view.options;
    if (found.some((it) => it.version === version)) return found.filter((it) => it.version === version);
    const detail = `This process has version ${version} of the view, which is not there: ask when all processes have the same build.`;
    throw new Rejection('view-version-differs', 'conflict', detail);
  };

  const redrive = async (name: string, keys?: readonly string[]): Promise<Redriven[]> => {
    const view = viewOf(name);
    const found = await mine(view);
    const redriven = await oneAtATime(async (client) => {
      const all: Redriven[] = [];
      for (const it of found) all.push(...(await redriveGeneration(client, it, keys, { ...surroundings, view, policies })));
      return all;
    });
    await changed();
    if (keys && redriven.length === 0) throw notParked();
    // In two generations it is folded when it is in both.
    const failed = new Set(redriven.filter((it) => !it.folded).map((it) => it.key));
    return [...new Set(redriven.map((it) => it.key))].map((key) => ({ key, folded: !failed.has(key) }));
  };

  const insert = /* sql */ `
    insert into discarded (view, key, position, seq, type, reason, actor) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;

  return {
    redrive,
    list: async (view, limit, after) =>
      listParked(pool, view === undefined ? views.map((it) => it.options.table) : [viewOf(view).options.table], limit, after),
    get: async (view, key) => {
      const { table } = viewOf(view).options;
      const [parked, discarded] = await Promise.all([findParked(pool, table, key), discardsOfKey(pool, table, key)]);
      if (parked.length === 0 && discarded.length === 0) throw notParked();
      return { parked, discarded };
    },
    discard: async (name, key, reason, actor) => {
      await mine(viewOf(name));
      await oneAtATime(async (client) => {
        await client.query(`begin; set local lock_timeout = '10s'; set local transaction_timeout = '30s'`);
        try {
          await client.query('select from checkpoints where name ~ $1 order by name for update', [generationsOf(name)]);
          const parked = await findParked(client, name, key);
          const pointer = parked.find((it) => it.state === 'live') ?? parked[0];
          if (!pointer) throw notParked();
          await client.query(insert, [name, key, pointer.position, pointer.seq, pointer.type, reason, actor]);
          await client.query('update checkpoints set turn = turn + 1 where name ~ $1', [generationsOf(name)]);
          await client.query('commit');
        } catch (error) {
          await client.query('rollback').catch(() => undefined);
          throw error;
        }
      });
      return redrive(name, [key]);
    },
    restart: async (name) => {
      const { table } = viewOf(name).options;
      const { rows } = await pool.query<{ reason: string }>(
        `update checkpoints c set reason = null from checkpoints old
          where c.name = old.name and c.name ~ $1 and old.reason is not null returning old.reason`,
        [generationsOf(table)],
      );
      await changed();
      return rows[0]?.reason;
    },
    concerns: (account) => isCustomerParked(pool, account),
  };
};
