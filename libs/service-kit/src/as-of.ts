import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { contractsOf } from '@guanxi/event-sourcing/interpret';
import { momentOf } from '@guanxi/event-sourcing/moment';
import { readRecord } from '@guanxi/event-sourcing/record';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import type { AnyView } from '@guanxi/event-sourcing/view';
import { openMoment, type MomentOptions, type OpenMoment } from './as-of.moment.js';
import type { ReadAsOf } from './kit.js';

/** Readings as of earlier moments, each on a connection of its own. */
export interface AsOfSide {
  readonly readAsOf: ReadAsOf;
  close(): Promise<void>;
}

/** How many moments a process keeps at once, how long after the last reading, and how long a call waits for one. */
export interface AsOfLimits {
  readonly most?: number;
  readonly keptMs?: number;
  readonly patienceMs?: number;
}

interface Kept {
  readonly moment: OpenMoment;
  /** Calls that have it now. */
  readers: number;
  used: number;
}

const isIdle = ({ moment, readers }: Kept): boolean => readers === 0 && moment.idle();

/** A moment that nobody reads any more may become free without a word, when it has been folded. */
const lookMs = 100;

const busy = new Rejection('as-of-busy', 'exhausted', 'Too many earlier moments are being read at once; try again a little later.');

/** Keeps the moments that were read last, so that the next page of a list finds its rows. */
export const asOfSide = (url: string, definition: ServiceDefinition, pool: Pool, limits: AsOfLimits = {}): AsOfSide => {
  const { most = 4, keptMs = 120_000, patienceMs = 4_000 } = limits;
  const { views, upcasters = {} } = definition;
  const read: MomentOptions['read'] = (text) => readRecord(text, upcasters);
  const options: MomentOptions = { url, pool, views, patienceMs, contracts: contractsOf(definition), read };
  const open = new Map<string, Kept>();
  let freed = Promise.withResolvers<void>();

  const habits = new Map<string, Set<AnyView>>();
  const habitOf = (rpc: string): Set<AnyView> => {
    const habit = habits.get(rpc) ?? new Set<AnyView>();
    habits.set(rpc, habit);
    return habit;
  };

  const end = (name: string): Promise<void> => {
    const it = open.get(name);
    open.delete(name);
    return it?.moment.close().catch(() => undefined) ?? Promise.resolve();
  };
  const sweep = setInterval(() => {
    for (const [name, it] of open) if (isIdle(it) && performance.now() - it.used > keptMs) void end(name);
  }, keptMs / 4).unref();

  /** Is there room for one more? The map is in the order of last use. */
  const makeRoom = (): boolean => {
    for (const [name, it] of open) if (it.moment.broken() && isIdle(it)) void end(name);
    if (open.size < most) return true;
    const [idle] = [...open].find(([, it]) => isIdle(it)) ?? [];
    if (idle !== undefined) void end(idle);
    return idle !== undefined;
  };

  const find = (name: string, make: () => OpenMoment): Kept | undefined => {
    const known = open.get(name);
    if (known && !known.moment.broken()) return known;
    if (known) void end(name);
    return makeRoom() ? { moment: make(), readers: 0, used: 0 } : undefined;
  };

  /** The moment, opened where there is room for it or there is soon; the caller is among its readers. */
  const opened = async (name: string, make: () => OpenMoment): Promise<Kept> => {
    for (const until = performance.now() + patienceMs; ;) {
      const it = find(name, make);
      if (it) {
        it.readers++;
        open.delete(name);
        open.set(name, it);
        return it;
      }
      if (performance.now() > until) throw busy;
      await Promise.race([freed.promise, sleep(lookMs)]);
    }
  };

  return {
    readAsOf: async ({ asOf, rpc, customer }, work) => {
      const moment = await momentOf(pool, asOf);
      const name = `${moment.place.position}.${moment.place.seq} ${customer ?? ''}`;
      const it = await opened(name, () => openMoment(options, moment, customer));
      try {
        return await it.moment.use(() => work(it.moment.reading(habitOf(rpc)), moment));
      } finally {
        it.readers--;
        it.used = performance.now();
        freed.resolve();
        freed = Promise.withResolvers();
      }
    },
    close: async () => {
      clearInterval(sweep);
      await Promise.all([...open.keys()].map(end));
    },
  };
};
