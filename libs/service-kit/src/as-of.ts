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

const busy = new Rejection('as-of-busy', 'exhausted', 'Too many earlier moments are being read at once; try again a little later.');

/** Keeps the moments that were read last, so that the next page of a list finds its rows. */
export const asOfSide = (url: string, definition: ServiceDefinition, pool: Pool, limits: AsOfLimits = {}): AsOfSide => {
  const { most = 4, keptMs = 120_000, patienceMs = 4_000 } = limits;
  const { views, upcasters = {} } = definition;
  const read: MomentOptions['read'] = (text) => readRecord(text, upcasters);
  const options: MomentOptions = { url, pool, views, patienceMs, contracts: contractsOf(definition), read };
  const open = new Map<string, { readonly moment: OpenMoment; used: number }>();

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
    for (const [name, { moment, used }] of open) if (moment.idle() && performance.now() - used > keptMs) void end(name);
  }, keptMs / 4).unref();

  /** The map is in the order of last use. */
  const makeRoom = (): void => {
    for (const [name, { moment }] of open) if (moment.broken() && moment.idle()) void end(name);
    if (open.size < most) return;
    const [idle] = [...open].find(([, { moment }]) => moment.idle()) ?? [];
    if (idle === undefined) throw busy;
    void end(idle);
  };

  return {
    readAsOf: async ({ asOf, rpc, customer }, work) => {
      const moment = await momentOf(pool, asOf);
      const name = `${moment.place.position}.${moment.place.seq} ${customer ?? ''}`;
      const known = open.get(name);
      if (!known || known.moment.broken()) {
        if (known) void end(name);
        makeRoom();
      }
      const it = open.get(name) ?? { moment: openMoment(options, moment, customer), used: 0 };
      open.delete(name);
      open.set(name, it);
      try {
        return await it.moment.use(() => work(it.moment.reading(habitOf(rpc)), moment));
      } finally {
        it.used = performance.now();
      }
    },
    close: async () => {
      clearInterval(sweep);
      await Promise.all([...open.keys()].map(end));
    },
  };
};
