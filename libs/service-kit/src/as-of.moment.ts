import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { foldMoment, type MomentFold } from '@guanxi/event-sourcing/moment.fold';
import type { Moment } from '@guanxi/event-sourcing/moment';
import { stateOf } from '@guanxi/event-sourcing/pool';
import { ViewFault } from '@guanxi/event-sourcing/projection';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { AnyView, View } from '@guanxi/event-sourcing/view';
import type { Reading } from './kit.js';
import { momentSource, poolOf } from './read.source.js';
import { readerOf, type Reader } from './reader.js';

/** Where moments are read. */
export interface MomentOptions extends Pick<MomentFold, 'contracts' | 'read'> {
  readonly url: string;
  readonly pool: Pool;
  readonly views: readonly AnyView[];
  /** How long a call waits for views to be folded. */
  readonly patienceMs: number;
}

/** Views as of one moment, folded as they are asked for. */
export interface OpenMoment {
  /** @param habit what the same rpc read before, which is folded in one pass with what it reads first; it learns */
  readonly reading: (habit: Set<AnyView>) => Reading;
  /** Nobody reads and nothing is being folded. */
  readonly idle: () => boolean;
  /** Something went wrong with it: it must not be used again. */
  readonly broken: () => boolean;
  use<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const preparing = new Rejection('as-of-preparing', 'unavailable', 'The history is being folded up to that moment; ask again in a moment.');
const lost = new Rejection('history-unavailable', 'unavailable', 'The history cannot be read now.');
const unfoldable = new Rejection('as-of-unfoldable', 'unavailable', 'An event before that moment does not tell whose row it belongs to.');
const tooLong = new Rejection('as-of-too-long', 'unavailable', 'Folding up to that moment took longer than one statement may.');
const [undefinedTable, cancelled] = ['42P01', '57014'];
/** What a lost connection comes as, from node-postgres and from TypeORM. */
const lostNames = new Set(['Error', 'QueryFailedError']);

const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(preparing), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
};

/** Opens a moment on a connection of its own, which is made at the first reading. */
export const openMoment = (options: MomentOptions, { place, at }: Moment, customer: string | undefined): OpenMoment => {
  const { url, pool, views, contracts, read, patienceMs } = options;
  const stopping = new AbortController();
  const folded = new Map<AnyView, Promise<void>>();
  let source: Promise<DataSource> | undefined;
  let wanted: AnyView[] = [];
  let busy = 0;
  let parked = 0;
  let broken = false;

  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    busy++;
    try {
      return await work();
    } catch (error) {
      // Its tables went with the connection, or were never made.
      const state = stateOf(error);
      if (error instanceof Rejection || (state !== undefined && state !== undefinedTable)) throw error;
      broken = true;
      throw state === undefined && !lostNames.has((error as Error).name) ? error : lost;
    } finally {
      busy--;
    }
  };

  const fold = (): Promise<void> =>
    counted(async () => {
      source ??= momentSource(url, views);
      const client = await poolOf(await source).connect();
      try {
        parked += await foldMoment(client, wanted.splice(0), { pool, contracts, read, place, customer, stopping: stopping.signal });
      } catch (error) {
        broken = true;
        throw error instanceof ViewFault ? unfoldable : stateOf(error) === cancelled ? tooLong : error;
      } finally {
        client.release();
      }
    });

  /** Views that are asked for in one turn are folded in one pass. */
  const need = async (some: readonly AnyView[], habit: Set<AnyView>): Promise<DataSource> => {
    for (const it of some) habit.add(it);
    if (some.some((it) => !folded.has(it))) {
      const fresh = [...habit].filter((it) => !folded.has(it));
      const pass = wanted.length > 0 ? (folded.get(wanted[0] as AnyView) as Promise<void>) : new Promise(setImmediate).then(fold);
      pass.catch(() => undefined);
      wanted = [...wanted, ...fresh];
      for (const it of fresh) folded.set(it, pass);
    }
    // Also for those that others asked for: there is one connection, and it folds.
    await within(patienceMs, Promise.all(folded.values()));
    if (!source) throw lost;
    return source;
  };

  const reader = <R>(view: View<R>, habit: Set<AnyView>): Reader<R> => {
    const at = async (): Promise<Reader<R>> => readerOf(await need([view], habit), view);
    return { one: async (key) => (await at()).one(key), get: async (key) => (await at()).get(key), list: async (...it) => (await at()).list(...it) };
  };
  const namedIn = (text: string): AnyView[] => views.filter((it) => new RegExp(`\\b${it.options.table}\\b`).test(text));
  const reading = (habit: Set<AnyView>): Reading => ({
    read: (view) => reader(view, habit),
    sql: async <T>(text: string, values: readonly unknown[] = []): Promise<T[]> => (await need(namedIn(text), habit)).query(text, [...values]),
    freshness: () => ({ asOf: at ?? new Date(0).toISOString(), lagMs: 0, staleReason: '' }),
    isParked: () => Promise.resolve(parked > 0),
  });
  return {
    reading,
    idle: () => busy === 0,
    broken: () => broken,
    use: counted,
    close: async () => {
      stopping.abort();
      await (await source?.catch(() => undefined))?.destroy();
    },
  };
};
