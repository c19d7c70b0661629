import { openAppender } from '@guanxi/event-sourcing/appender';
import { executor, type Executor } from '@guanxi/event-sourcing/executor';
import { loader } from '@guanxi/event-sourcing/loader';
import { lookups } from '@guanxi/event-sourcing/lookups';
import { rowsOf } from '@guanxi/event-sourcing/rows';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { snapshots } from '@guanxi/event-sourcing/snapshots';
import { startViews, type Views } from '@guanxi/event-sourcing/views';
import type { Meter } from '@opentelemetry/api';
import type { Pool } from 'pg';
import { watchAppends, watchCommands, watchGroups } from './command.watch.js';
import type { Closing } from './closing.js';
import { foldSpans } from './fold.watch.js';
import { faultOf, type Log, type LogFields } from './log.js';
import { noMeter } from './meter.js';
import type { ServiceConfig } from './service.config.js';

/** Commands in, events out, views behind them. */
export interface WriteSide {
  readonly execute: Executor['execute'];
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
  meter: Meter = noMeter,
): Promise<WriteSide> => {
  const onError = (error: unknown): void => log.warn(faultOf(error), 'the database connection had an error');
  const { upcasters = {}, advice = [] } = definition;
  const appender = closing.add(openAppender(config.databaseUrl, { name: `guanxi-append`, onError, onGroup: watchGroups(meter) }), (it) => it.close());
  const kept = closing.add(snapshots(pool, onError), (it) => it.close());
  const rows = rowsOf(pool);
  // Policies send commands to the executor, the executor waits for the views: the second is made with a hand on the first.
  const execute = watchCommands((decider, method, command, caller) => running.execute(decider, method, command, caller), meter);
  const settled: Views['settled'] = (...all) => views.settled(...all);
  const running = closing.add(
    executor({
      ...{ service: definition.name, namespace: config.namespace, partitions: config.partitions, advice, upcasters },
      ...{
        appender: watchAppends((entry) => appender.append(entry)),
        load: loader(pool, upcasters),
        lookups: lookups(pool),
        snapshots: kept,
        views: { one: rows.one.bind(rows), settled },
      },
    }),
    (it) => it.close(),
  );
  const warn = (message: string, fields: LogFields): void => log.warn(fields, message);
  const views = closing.add(await startViews({ definition, url: config.databaseUrl, pool, execute, upcasters, warn, onFolded: foldSpans }), (it) =>
    it.stop(),
  );
  appender.onAppend((head) => views.appended(head));
  return { execute, views, onAppend: (listener) => appender.onAppend(listener) };
};
