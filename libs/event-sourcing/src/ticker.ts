import type { Pool } from 'pg';
import type { AnyDecider } from './decider.js';
import { answered, callerOf, type Execute } from './policies.js';
import type { Recorded } from './fold.js';
import { Rejection } from './rejection.js';
import { startWorker, type Worker } from './worker.js';

interface Due {
  readonly id: string;
  readonly policy: string;
  readonly cause: { readonly event: string; readonly n: number; readonly trace: Recorded['trace'] };
  /** `guanxi.shop.v1.OrderCommands/payOrder` */
  readonly command: string;
  readonly request: unknown;
}

/** What became of a timer: one stays due where the service was not available. */
interface Fired {
  readonly id: string;
  readonly end: 'done' | 'later' | 'due';
}

/** What timers need. */
export interface TickerOptions {
  readonly pool: Pool;
  readonly execute: Execute;
  readonly deciderOf: (commands: string) => AnyDecider;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

const atOnce = 20;
const pollMs = 5_000;

// The time as a value: a function that changes while the statement runs is asked at every row, down to the last that is not due.
const due = {
  name: 'timers-due',
  text: `select id, policy, cause, command, request from timers where due <= (select clock_timestamp()) order by due limit $1 for update skip locked`,
};
const next = { name: 'timers-next', text: 'select 1000 * extract(epoch from min(due) - clock_timestamp())::float8 as ms from timers' };

/**
 * Executes timed commands that are due by PostgreSQL's clock. Any number of processes may: a row is locked by one of them, and
 * a command whose row could not be deleted any more keeps its id. One that fails is tried again a minute later.
 */
export const startTicker = ({ pool, execute, deciderOf, warn }: TickerOptions): Worker => {
  let alarm: NodeJS.Timeout | undefined;

  const fire = async ({ id, policy, cause, command, request }: Due): Promise<Fired> => {
    const [commands = '', method = ''] = command.split('/');
    try {
      const caller = callerOf(policy, cause.event, cause.n, cause.trace);
      const position = await answered(() => execute(deciderOf(commands), method, request, caller));
      if (position === undefined) warn('timed command refused', { policy, command });
      return { id, end: 'done' };
    } catch (error) {
      if (error instanceof Rejection) return { id, end: 'due' };
      warn('timed command failed, tries again in a minute', { policy, command, error: error instanceof Error ? error.name : 'unknown' });
      return { id, end: 'later' };
    }
  };

  const tick = async (): Promise<boolean> => {
    const client = await pool.connect();
    try {
      await client.query(`begin; set local transaction_timeout = '30s'`);
      const { rows } = await client.query<Due>({ ...due, values: [atOnce] });
      const fired = await Promise.all(rows.map(fire));
      const ids = (end: Fired['end']): string[] => fired.filter((it) => it.end === end).map((it) => it.id);
      if (rows.length > 0) {
        await client.query('delete from timers where id = any($1)', [ids('done')]);
        await client.query(`update timers set due = clock_timestamp() + interval '1 minute' where id = any($1)`, [ids('later')]);
      }
      await client.query('commit');
      return rows.length === atOnce;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };

  const step = async (): Promise<boolean> => {
    const more = await tick();
    const { rows } = await pool.query<{ ms: number | null }>(next);
    const ms = rows[0]?.ms ?? pollMs;
    clearTimeout(alarm);
    if (!more && ms < pollMs) alarm = setTimeout(() => worker.wake(), Math.max(0, ms));
    return more;
  };

  const onError = (error: unknown): void => warn('ticker failed, tries again', { error: error instanceof Error ? error.name : 'unknown' });
  const worker = startWorker(step, { pollMs, onError });
  return {
    wake: () => worker.wake(),
    stop: async () => {
      await worker.stop();
      clearTimeout(alarm);
    },
  };
};
