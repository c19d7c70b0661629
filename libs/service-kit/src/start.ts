import type { Pool } from 'pg';
import { Client } from 'pg';
import { presentEpoch } from '@guanxi/event-sourcing/epochs';
import { casesOf } from '@guanxi/event-sourcing/fold';
import { history } from '@guanxi/event-sourcing/history';
import { openPool } from '@guanxi/event-sourcing/pool';
import { compareGenerations } from '@guanxi/event-sourcing/rebuild.compare';
import { rebuilds } from '@guanxi/event-sourcing/rebuild';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { ensureViews } from '@guanxi/event-sourcing/view.ensure';
import { startWorker } from '@guanxi/event-sourcing/worker';
import type { AnyView, View } from '@guanxi/event-sourcing/view';
import { asOfSide } from './as-of.js';
import type { Views } from '@guanxi/event-sourcing/views';
import { verifier } from './auth.js';
import { demandOwnTopic, startBusSide } from './bus.side.js';
import { closing } from './closing.js';
import { commandsOf, type RpcController } from './controllers.js';
import { driftOf } from './entities.js';
import { freshnessOf } from './freshness.js';
import { startServer } from './grpc.server.js';
import { databaseHealth, healthOf, type Part } from './health.js';
import { historyController } from './history.controller.js';
import { historyEntriesController } from './history.entries.js';
import type { Kit } from './kit.js';
import { faultOf, type Log } from './log.js';
import { migrate, roleOf } from './migrations.js';
import { operationsController } from './operations.controller.js';
import { startOperations } from './operations.server.js';
import { parkingController } from './parking.controller.js';
import { poolOf, readSource } from './read.source.js';
import { readerOf, type Reader } from './reader.js';
import { rebuildsController } from './rebuilds.controller.js';
import { republishController } from './republish.controller.js';
import { rpcDurations } from './rpc.watch.js';
import type { ServiceConfig } from './service.config.js';
import { watchService } from './service.metrics.js';
import { tlsOf } from './tls.js';
import { startWriteSide } from './write.side.js';

/** A service at work in this process. */
export interface RunningService {
  /** Stops taking calls, finishes what is under way, then ends workers and connections. Called again, it waits for the same end. */
  stop(): Promise<void>;
}

const healthEveryMs = 2_000;

/** Brings the database to this build; without the owner's address somebody else has done it. */
const prepare = async ({ ownerUrl, databaseUrl }: ServiceConfig, definition: ServiceDefinition): Promise<void> => {
  if (ownerUrl === undefined) return;
  await migrate(ownerUrl, databaseUrl);
  const owner = new Client({ connectionString: ownerUrl, application_name: 'guanxi-migrate' });
  await owner.connect();
  try {
    await ensureViews(owner, definition, roleOf(databaseUrl));
  } finally {
    await owner.end();
  }
};

const readers = (source: Awaited<ReturnType<typeof readSource>>) => {
  const made = new Map<AnyView, Reader<unknown>>();
  return <R>(view: View<R>): Reader<R> => {
    const reader = made.get(view) ?? readerOf(source, view);
    made.set(view, reader);
    return reader as Reader<R>;
  };
};

const rebuildsOf = ({ databaseUrl }: ServiceConfig, definition: ServiceDefinition, pool: Pool, views: Views, log: Log): RpcController => {
  const compare = (view: string, limit: number) => compareGenerations(databaseUrl, view, limit, () => void views.lookUp().catch(() => undefined));
  return rebuildsController(
    rebuilds(pool, definition, () => views.lookUp()),
    compare,
    (method, view) => log.info({ view, method }, 'a rebuild was changed'),
  );
};

const parkingOf = ({ views: all }: ServiceDefinition, { repairs }: Views, log: Log): RpcController =>
  parkingController(
    repairs,
    all.map((it) => it.options.table),
    (method, view, count) => log.info({ view, method, count }, 'parked keys were seen to'),
  );

/**
 * Starts a service: database, history, views, bus, gRPC, in this order. What was started is ended again where a later step fails.
 * @throws Error with a word for the operator
 */
export const startService = async (
  config: ServiceConfig,
  definition: ServiceDefinition,
  queries: readonly RpcController[],
  log: Log,
): Promise<RunningService> => {
  const parts = closing((error) => log.error(faultOf(error), 'a part could not be closed'));
  const stopping = new AbortController();
  try {
    const operations = parts.add(await startOperations(definition.name, config.operations), (it) => it.close());
    await prepare(config, definition);
    const onError = (error: unknown): void => log.warn(faultOf(error), 'the database connection had an error');
    const pool: Pool = parts.add(openPool(config.databaseUrl, { name: 'guanxi-kit', onError }), (it) => it.end());
    await presentEpoch(pool);
    await demandOwnTopic(config, definition, pool, log);
    const source = parts.add(await readSource(config.databaseUrl, definition.views), (it) => it.destroy());
    const { execute, views, onAppend } = await startWriteSide(config, definition, pool, parts, log, operations.meter);
    const bus = await startBusSide(config, definition, pool, () => views.received(), parts, log);
    onAppend(() => bus.wake());

    const own = (): Part[] => views.health().map(({ name, ready, lagMs, reason }) => ({ name, ready, lagMs, reason: reason ?? '' }));
    const asOf = parts.add(asOfSide(config.databaseUrl, definition, pool), (it) => it.close());
    const health = healthOf({ database: databaseHealth(pool), views: own, bus: () => bus.health() });
    const kit: Kit = {
      execute,
      durations: rpcDurations(operations.meter),
      read: readers(source),
      sql: (text, values = []) => source.query(text, [...values]),
      freshness: () => freshnessOf(own(), bus.hears()),
      isParked: async (account) => views.health().some((it) => it.parked > 0) && views.repairs.concerns(account),
      readAsOf: asOf.readAsOf,
    };
    const ownTypes = definition.deciders.flatMap(({ events }) => [...casesOf(events).keys()]);
    const controllers = [
      ...definition.deciders.map(commandsOf),
      ...queries,
      historyController(history(pool, onAppend), pool, stopping.signal, (position) => views.settled(ownTypes, position), bus.notary),
      historyEntriesController(definition.name, pool, config.partitions),
      operationsController(health),
      rebuildsOf(config, definition, pool, views, log),
      parkingOf(definition, views, log),
      republishController(pool, bus.republisher),
    ];
    const verify = verifier(config);
    const server = parts.add(await startServer({ address: config.grpc, controllers, kit, verify, tls: tlsOf(config.tlsFolder), log }), (it) =>
      it.close(),
    );
    parts.add(stopping, (it) => it.abort());
    const watch = async (): Promise<boolean> => {
      server.setServing((await health()).ready);
      return false;
    };
    parts.add(startWorker(watch, { pollMs: healthEveryMs }), (it) => it.stop());
    const pools = { write: pool, read: poolOf(source), relay: bus.pool };
    watchService(operations.meter, { views, parts: () => bus.health(), counts: () => bus.counts(), pools, pool });
    operations.ready(health);
    parts.add(server, (it) => it.setServing(false));
    parts.add(operations, (it) => it.stopping());
    for (const line of await driftOf(source, definition.views)) log.warn({ view: line }, 'a read table is not what its view says');
    return { stop: () => parts.close() };
  } catch (error) {
    await parts.close();
    throw error;
  }
};
