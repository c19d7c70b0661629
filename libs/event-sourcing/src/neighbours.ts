import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { listen } from './notify.js';

/** What processes on the same database tell each other; nothing is sent where nobody listens. */
export interface Neighbours {
  /** Tells that the history's head is now this. Calls while one is on its way go together. */
  grew(head: number): void;
  /** Tells that these views hold `position`, and up to where their policies appended, 0 for nowhere. */
  moved(views: readonly string[], position: number, then: number): void;
  close(): Promise<void>;
}

/** What is heard of them. */
export interface Hears {
  /** There may be more to fold; without a head it is not known what. */
  readonly grew: (head: number | undefined) => void;
  readonly moved: (view: string, position: number, then: number) => void;
}

const countEveryMs = 10_000;
const listening = `select exists (select from pg_stat_activity where datname = current_database() and application_name like 'guanxi-listen %' and application_name <> $1) as anyone`;
const notify = { name: 'neighbours-notify', text: 'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as x (channel, payload)' };

const named = (url: string, name: string): string => {
  const it = new URL(url);
  it.searchParams.set('application_name', name);
  return it.href;
};

/** Listens to the database's other processes, and tells them what this one does. */
export const neighbours = (pool: Pool, url: string, hears: Hears): Neighbours => {
  const me = randomUUID();
  const name = `guanxi-listen ${me}`;
  const views = new Map<string, { readonly position: number; readonly then: number }>();
  let head = 0;
  let anyone = true;
  let counted = -countEveryMs;
  let flying = false;

  const count = async (): Promise<void> => {
    counted = performance.now();
    const { rows } = await pool.query<{ anyone: boolean }>(listening, [name]);
    anyone = rows[0]?.anyone ?? true;
  };

  const waiting = (): [string, string][] => {
    const all: [string, string][] = [...views].map(([view, { position, then }]) => ['guanxi_view', `${view} ${position} ${then}`]);
    if (head > 0) all.push(['guanxi_head', String(head)]);
    views.clear();
    head = 0;
    return all;
  };

  const send = async (): Promise<void> => {
    if (flying) return;
    flying = true;
    try {
      for (let all = waiting(); all.length > 0; all = waiting()) {
        if (performance.now() - counted > countEveryMs) await count();
        if (anyone) await pool.query({ ...notify, values: [all.map(([channel]) => channel), all.map(([, payload]) => payload)] });
      }
    } catch {
      // Lost like any notification: whoever waits looks for itself.
    } finally {
      flying = false;
    }
  };

  const hear = (channel: string, payload?: string): void => {
    if (channel !== 'guanxi_view') return hears.grew(payload ? Number(payload) : undefined);
    if (payload === undefined) return void pool.query(`select pg_notify('guanxi_view', $1)`, [`hello ${me}`]).catch(() => undefined);
    const [view = '', position = '', then = ''] = payload.split(' ');
    if (view !== 'hello') hears.moved(view, Number(position), Number(then));
    else if (position !== me) anyone = true;
  };

  const ears = listen(named(url, name), ['guanxi_head', 'guanxi_received', 'guanxi_view'], hear);
  return {
    grew: (now) => {
      head = now;
      void send();
    },
    moved: (names, position, then) => {
      for (const view of names) views.set(view, { position, then: Math.max(then, views.get(view)?.then ?? 0) });
      void send();
    },
    close: () => ears.close(),
  };
};
