import { openAppender } from '@guanxi/event-sourcing/appender';
import type { AnyDecider } from '@guanxi/event-sourcing/decider';
import { executor, type Caller, type Executor } from '@guanxi/event-sourcing/executor';
import { loader } from '@guanxi/event-sourcing/loader';
import { lookups } from '@guanxi/event-sourcing/lookups';
import { rowsOf } from '@guanxi/event-sourcing/rows';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { snapshots } from '@guanxi/event-sourcing/snapshots';
import { startViews, type Views } from '@guanxi/event-sourcing/views';
import type { Pool } from 'pg';
import type { Closing } from './closing.js';
import { faultOf, type Log, type LogFields } from './log.js';
import type { ServiceConfig } from './service.config.js';

/** Commands in, events out, views behind them. */
export interface WriteSide {
  readonly executor: Executor;
  readonly views: Views;
  /** Calls back after each group that wrote events; gives back how to stop it. */
  readonly onAppend: (listener: (head: number) => void) => () => void;
}

/** Starts the appender, the executor and the views of a service. Opens connections of their own besides `pool`. */
export const startWriteSide = async (
  config: ServiceConfig,
  definition: ServiceDefinition,
  pool: Pool,
  closing: Closing,
  log: Log,
): Promise<WriteSide> => {
  const onError = (error: unknown): void => log.warn(faultOf(error), 'the database connection had an error');
  const { upcasters = {}, advice = [] } = definition;
  const appender = closing.add(openAppender(config.databaseUrl, { name: `guanxi-append`, onError }), (it) => it.close());
  const kept = closing.add(snapshots(pool, onError), (it) => it.close());
  const rows = rowsOf(pool);
  // Policies send commands to the executor, the executor waits for the views: the second is made with a hand on the first.
  const execute = (decider: AnyDecider, method: string, command: unknown, caller: Caller) => running.execute(decider, method, command, caller);
  const settled: Views['settled'] = (...all) => views.settled(...all);
  const running = closing.add(
    executor({
      ...{ service: definition.name, namespace: config.namespace, partitions: config.partitions, advice, upcasters },
      ...{ appender, load: loader(pool, upcasters), lookups: lookups(pool), snapshots: kept, views: { one: rows.one.bind(rows), settled } },
    }),
    (it) => it.close(),
  );
  const warn = (message: string, fields: LogFields): void => log.warn(fields, message);
  const views = closing.add(await startViews({ definition, url: config.databaseUrl, pool, execute, upcasters, warn }), (it) => it.stop());
  appender.onAppend((head) => views.appended(head));
  return { executor: running, views, onAppend: (listener) => appender.onAppend(listener) };
};
