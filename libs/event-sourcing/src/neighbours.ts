import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { listen } from './notify.js';

/** What processes on the same database tell each other. */
export interface Neighbours {
  /** Tells that these views hold `position`; nothing is sent where nobody listens. Calls while one is on its way go together. */
  tell(views: readonly string[], position: number, then: number): void;
  close(): Promise<void>;
}

/** What is heard of them. */
export interface Hears {
  /** Another process may have appended or received. Without a head it is not known what. */
  readonly grew: (head: number | undefined) => void;
  readonly moved: (view: string, position: number, then: number) => void;
}

const application = 'guanxi-listening';
const countEveryMs = 10_000;
const listening = `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = '${application}'`;

const named = (url: string): string => {
  const it = new URL(url);
  it.searchParams.set('application_name', application);
  return it.href;
};

/** Listens to the database's other processes, and tells them how far this one's views are. */
export const neighbours = (pool: Pool, url: string, { grew, moved }: Hears): Neighbours => {
  const me = randomUUID();
  const waiting = new Map<string, { position: number; then: number }>();
  let anyone = true;
  let counted = 0;
  let flying = false;

  const count = async (): Promise<void> => {
    counted = performance.now();
    const { rows } = await pool.query<{ n: number }>(listening);
    anyone = (rows[0]?.n ?? 0) > 1;
  };

  const send = async (): Promise<void> => {
    flying = true;
    try {
      while (waiting.size > 0) {
        const payloads = [...waiting].map(([view, { position, then }]) => `${view} ${position} ${then}`);
        waiting.clear();
        if (performance.now() - counted > countEveryMs) await count();
        if (anyone) await pool.query({ name: 'tell', text: `select pg_notify('guanxi_view', it) from unnest($1::text[]) it`, values: [payloads] });
      }
    } catch {
      // Lost like any notification: whoever waits looks for itself.
    } finally {
      flying = false;
    }
  };

  const hear = (channel: string, payload?: string): void => {
    if (channel !== 'guanxi_view') return grew(payload ? Number(payload) : undefined);
    if (payload === undefined) return void pool.query(`select pg_notify('guanxi_view', $1)`, [`hello ${me}`]).catch(() => undefined);
    const [view = '', position = '', then = ''] = payload.split(' ');
    if (view !== 'hello') moved(view, Number(position), Number(then));
    else if (position !== me) anyone = true;
  };

  const ears = listen(named(url), ['guanxi_head', 'guanxi_received', 'guanxi_view'], hear);
  return {
    tell: (views, position, then) => {
      for (const view of views) waiting.set(view, { position, then: Math.max(then, waiting.get(view)?.then ?? 0) });
      if (!flying) void send();
    },
    close: () => ears.close(),
  };
};
