import type { Meter } from '@opentelemetry/api';
import type { Pool } from 'pg';
import type { Views } from '@guanxi/event-sourcing/views';
import type { Counts } from '@guanxi/messaging/consumer';
import type { Part } from './health.js';
import { observe, type Reading } from './meter.js';

/** What is read at a scrape. */
export interface Measured {
  readonly views: Pick<Views, 'health'>;
  /** Of the bus: `relay`, `consumer accounts`, … */
  readonly parts: () => readonly Part[];
  /** What became of the messages of each source. */
  readonly counts: () => ReadonlyMap<string, Readonly<Counts>>;
  /** Pools of connections by name. */
  readonly pools: Readonly<Record<string, Pool>>;
  /** For what a scrape asks: which timers are due, and how far the views are. */
  readonly pool: Pool;
}

const due = {
  name: 'timers-overdue',
  text: `select count(*)::int as n, coalesce(extract(epoch from clock_timestamp() - min(due)), 0)::float8 as late
    from timers where due <= clock_timestamp()`,
};

// Own and received entries together: what a view has not read yet, whether or not it folds it.
const behind = {
  name: 'views-behind',
  text: `select regexp_replace(name, '_v[0-9]+_g[0-9]+$', '') as view, state,
      (select coalesce(max(position), 0) from events) - position + (select coalesce(max(seq), 0) from received) - seq as n
    from checkpoints where name ~ '_v[0-9]+_g[0-9]+$' and state <> 'kept'`,
};

const outcomes = ['taken', 'repeated', 'dropped', 'foreign'] as const;
const nameOf = ({ name }: { readonly name: string }): string => name.slice(name.indexOf(' ') + 1);

/** Gauges and counters of a service: views, relay, consumer, timers, connections. */
export const watchService = (meter: Meter, { views, parts, counts, pools, pool }: Measured): void => {
  const ofViews = (value: (it: ReturnType<Views['health']>[number]) => number) => (): Reading[] =>
    views.health().map((it) => [value(it), { view: nameOf(it) }]);
  const askDue = async (): Promise<{ n: number; late: number }> => (await pool.query<{ n: number; late: number }>(due)).rows[0] ?? { n: 0, late: 0 };

  observe(meter, {
    guanxi_view_lag_seconds: {
      description: 'For how long a view lacks an own event; some 20 s at most are remembered.',
      unit: 'seconds',
      read: ofViews((it) => it.lagMs / 1e3),
    },
    guanxi_view_behind_entries: {
      description:
        'Entries of the recorded order, own and received, that a view has not read; `filling` is a generation that will replace the live one.',
      read: async () => {
        const { rows } = await pool.query<{ view: string; state: string; n: number }>(behind);
        return rows.map(({ view, state, n }): Reading => [n, { view, state }]);
      },
    },
    guanxi_view_stopped: { description: '1 for a view that stands still until somebody looks.', read: ofViews((it) => (it.stopped ? 1 : 0)) },
    guanxi_view_parked_keys: {
      description: 'Keys of a view whose events are passed over since one of them could not be folded.',
      read: ofViews((it) => it.parked),
    },
    guanxi_view_ready: { description: '1 for a view of this build that has caught up.', read: ofViews((it) => (it.ready ? 1 : 0)) },
    guanxi_relay_lag_seconds: {
      description: 'For how long the oldest own event waits that is not on the bus.',
      unit: 'seconds',
      read: () => parts().flatMap((it): Reading[] => (it.name === 'relay' ? [[it.lagMs / 1e3]] : [])),
    },
    guanxi_consumer_lag_seconds: {
      description: 'How late the last batch of a source was, or for how long one cannot be received.',
      unit: 'seconds',
      read: () => parts().flatMap((it): Reading[] => (it.name.startsWith('consumer ') ? [[it.lagMs / 1e3, { source: nameOf(it) }]] : [])),
    },
    guanxi_messages: {
      description: 'Messages of other services: taken, repeated, dropped (of an older epoch), foreign (without readable headers).',
      total: true,
      read: () => [...counts()].flatMap(([source, it]) => outcomes.map((outcome): Reading => [it[outcome], { source, outcome }])),
    },
    guanxi_messages_fetched: {
      description: 'Messages that the bus did not bring and their owner was asked for.',
      total: true,
      read: () => [...counts()].map(([source, it]): Reading => [it.fetched, { source }]),
    },
    guanxi_timers_due: { description: 'Timed commands that are due and not yet executed.', read: async () => [[(await askDue()).n]] },
    guanxi_timers_late_seconds: {
      description: 'For how long the oldest of them is due.',
      unit: 'seconds',
      read: async () => [[(await askDue()).late]],
    },
    guanxi_database_connections: {
      description: 'Connections of a pool.',
      read: () =>
        Object.entries(pools).flatMap(([name, { totalCount, idleCount }]): Reading[] => [
          [totalCount - idleCount, { pool: name, state: 'used' }],
          [idleCount, { pool: name, state: 'idle' }],
        ]),
    },
    guanxi_database_connections_waiting: {
      description: 'Who waits for a connection.',
      read: () => Object.entries(pools).map(([name, { waitingCount }]): Reading => [waitingCount, { pool: name }]),
    },
  });
};
