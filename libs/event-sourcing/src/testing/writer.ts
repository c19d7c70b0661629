import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { openAppender, type AppenderOptions } from '../appender.js';
import type { AnyDecider } from '../decider.js';
import { executor, type Caller, type ExecutorOptions } from '../executor.js';
import { loader } from '../loader.js';
import { lookups } from '../lookups.js';
import { openPool } from '../pool.js';
import { snapshots } from '../snapshots.js';
import { ledger } from './ledger.js';

/** The installation's namespace in these tests. */
export const namespace = '0f4b2c1a-9d3e-5f6a-8b7c-1d2e3f4a5b6c';

/** What a caller is unless a test says otherwise. */
export const operator: Caller = { subject: 'op-17', kind: 'OPERATOR', role: 'SALESPERSON', segment: 'default', wait: true };

/** Commands as validation leaves them: defaults filled in. */
export const open = (more: object = {}) => ({ ledgerId: '', accountId: '', owner: 'Wang', ...more });
/** A plain entry of one. */
export const enter = (ledgerId: string, more: object = {}) => ({ ledgerId, amount: '1', text: '', times: 1, about: '', ...more });

/** One process's write side on a database; what its views were asked to wait for is in `waited`. */
export const writer = (url: string, more: Partial<ExecutorOptions> & { appending?: AppenderOptions } = {}) => {
  const pool: Pool = openPool(url, { name: 'test' });
  const appender = openAppender(url, more.appending);
  const kept = snapshots(pool);
  const waited: { types: readonly string[]; position: number }[] = [];
  const views = {
    settled: (types: readonly string[], position: number) => {
      waited.push({ types, position });
      return Promise.resolve();
    },
    one: () => Promise.resolve(undefined),
  };
  const service = executor({
    ...{ service: 'ledger', namespace, appender, load: loader(pool, more.upcasters), lookups: lookups(pool), snapshots: kept, views },
    ...more,
  });
  const run = (method: string, command: object, caller: Partial<Caller> = {}, of: AnyDecider = ledger) =>
    service.execute(of, method, command, { ...operator, ...caller });
  return {
    pool,
    appender,
    waited,
    executor: service,
    execute: run,
    opened: async (more: object = {}) => (await run('openLedger', open(more), { idempotencyKey: randomUUID() })).id,
    close: async () => {
      await service.close();
      await kept.close();
      await appender.close();
      await pool.end();
    },
  };
};

/** What `writer` opens. */
export type Writer = ReturnType<typeof writer>;
