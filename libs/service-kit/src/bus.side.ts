import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Pool } from 'pg';
import { openPool } from '@guanxi/event-sourcing/pool';
import { receiver } from '@guanxi/event-sourcing/receive';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { startConsumer, type Counts } from '@guanxi/messaging/consumer';
import { startRelay } from '@guanxi/messaging/relay';
import { startRepublisher, type Republisher } from '@guanxi/messaging/republish';
import { checkStart } from '@guanxi/messaging/start.check';
import { openBus } from './bus.open.js';
import { BusStrategy, type Transport } from './bus.strategy.js';
import { watchBus } from './bus.watch.js';
import { closing, type Closing } from './closing.js';
import type { Part } from './health.js';
import { lazyBus } from './lazy.bus.js';
import { faultOf, NestLog, type Log } from './log.js';
import { startNotarySide, type NotarySide } from './notary.side.js';
import { peerHistory } from './owner.history.js';
import type { ServiceConfig } from './service.config.js';
import { serviceToken } from './service.token.js';
import { tlsOf } from './tls.js';

/** What a service tells others and hears of them. */
export interface BusSide {
  /** The history grew. */
  wake(): void;
  health(): Part[];
  /** The consumer's part of that: how far behind the others it is. */
  hears(): Part[];
  /** What became of the messages of each source. */
  counts(): ReadonlyMap<string, Readonly<Counts>>;
  /** The relay's connections. */
  readonly pool: Pool;
  readonly notary: NotarySide;
  readonly republisher: Republisher;
}

/** The services whose events the views and policies name: `guanxi.accounts.v1.OrderEvent` is of `accounts`. */
export const sourcesOf = ({ name, views, policies = [] }: ServiceDefinition): string[] => {
  const named = [...views, ...policies].flatMap((it) => it.sources.map(({ events }) => events.typeName.split('.')[1] ?? ''));
  return [...new Set(named)].filter((it) => it !== '' && it !== name);
};

const noToken = (): Promise<string> => Promise.reject(new Error('GUANXI_SERVICE_TOKEN_FILE is not set'));

const open = async (
  config: ServiceConfig,
  definition: ServiceDefinition,
  pool: Pool,
  onReceived: () => void,
  log: Log,
): Promise<BusSide & Transport> => {
  const { databaseUrl, peers, partitions, serviceTokenFile, tlsFolder } = config;
  const onError = (error: unknown): void => log.warn(faultOf(error), 'the bus had an error');
  const parts = closing((error) => log.error(faultOf(error), 'a part of the bus could not be closed'));
  try {
    const workers = parts.add(openPool(databaseUrl, { name: 'guanxi-relay', transactionTimeout: 30_000, max: 4, onError }), (it) => it.end());
    const bus = parts.add(
      watchBus(
        lazyBus(() => openBus(config, definition.name, log)),
        config.kafkaBrokers === undefined ? 'postgresql' : 'kafka',
      ),
      (it) => it.close(),
    );
    const relay = parts.add(startRelay({ pool: workers, bus, source: definition.name, partitions, onError }), (it) => it.stop());
    const republisher = parts.add(startRepublisher({ pool: workers, bus, source: definition.name, partitions, onError }), (it) => it.stop());
    const token = serviceTokenFile === undefined ? noToken : serviceToken(serviceTokenFile);
    const notary = startNotarySide(config, bus, token, parts, log);
    const stop = (): Promise<void> => parts.close();
    const sources = sourcesOf(definition);
    const sends = { wake: () => relay.wake(), pool: workers, notary, republisher, stop };
    const tells = (): Part[] => [relay.health(), ...notary.health()];
    if (sources.length === 0) return { ...sends, health: tells, hears: () => [], counts: () => new Map() };
    const owner = parts.add(peerHistory(peers, token, tlsOf(tlsFolder)), (it) => it.close());
    const onUnhappened = (source: string, _partition: number, after: number, upTo: number): void =>
      log.warn({ source, position: after, count: upTo - after }, 'a restore undid events that were heard');
    const consumer = parts.add(
      startConsumer({ bus, group: definition.name, sources, owner, receiver: receiver(pool, onReceived), partitions, onError, onUnhappened }),
      (it) => it.stop(),
    );
    const hears = (): Part[] => consumer.health();
    const counts = () => new Map(sources.map((source) => [source, consumer.counts(source)]));
    return { ...sends, health: () => [...tells(), ...hears()], hears, counts };
  } catch (error) {
    await parts.close();
    throw error;
  }
};

/**
 * Before anything may append, policies and timers too: does the topic hold what this history does not?
 * @throws Error where it does: the database was restored and no epoch begun
 */
export const demandOwnTopic = async (config: ServiceConfig, definition: ServiceDefinition, pool: Pool, log: Log): Promise<void> => {
  const bus = lazyBus(() => openBus(config, definition.name, log));
  try {
    const { state, reason } = await checkStart(pool, bus, definition.name);
    if (state === 'foreign') throw new Error(reason);
    if (state === 'unknown') log.warn({ reason }, 'started without a look at the own topic');
  } finally {
    await bus.close();
  }
};

@Module({})
class BusModule {}

/** Starts relay and consumer. A bus that is away holds up nobody: both try again until it is there. */
export const startBusSide = async (
  config: ServiceConfig,
  definition: ServiceDefinition,
  pool: Pool,
  onReceived: () => void,
  parts: Closing,
  log: Log,
): Promise<BusSide> => {
  const strategy = new BusStrategy(() => open(config, definition, pool, onReceived, log));
  const app = await NestFactory.createMicroservice(BusModule, { strategy, logger: new NestLog(log), abortOnError: false });
  parts.add(app, (it) => it.close());
  await app.listen();
  return strategy.transport;
};
