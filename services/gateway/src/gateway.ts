import 'reflect-metadata';
import type { Meter } from '@opentelemetry/api';
import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { titlesText } from '@guanxi/contracts/documents';
import { contracts } from '@guanxi/contracts/services';
import { routes } from '@guanxi/contracts/routes';
import type { Titles } from '@guanxi/contracts/titles';
import { demandPolicies } from '@guanxi/service-kit/access';
import { verifier } from '@guanxi/service-kit/auth';
import { faultOf, NestLog, type Log } from '@guanxi/service-kit/log';
import { startOperations } from '@guanxi/service-kit/operations.server';
import { serviceToken } from '@guanxi/service-kit/service.token';
import { tlsOf } from '@guanxi/service-kit/tls';
import { Addresses } from './addresses.js';
import { batchDoor } from './batch.door.js';
import { changesDoor } from './changes.door.js';
import { clientError } from './client-error.js';
import { customerCall } from './customer.call.js';
import { customerHistoryCall } from './customer.history.call.js';
import type { HistoryParts } from './customer.history.js';
import type { PageParts } from './customer.page.js';
import type { GatewayConfig } from './gateway.config.js';
import type { Gateway } from './gateway.context.js';
import { GatewayModule } from './gateway.module.js';
import { withOwn } from './own.calls.js';
import { Peers } from './peers.js';
import { ProblemFilter, understood } from './problem.filter.js';
import { refuse, traceparentOf } from './refuse.js';
import { watchRequests } from './request.watch.js';
import { restDoor } from './rest.door.js';

const mostBytes = 262_144;
/** Time for what is in flight when the gateway stops; what takes longer is cut. */
const stopMs = 10_000;

export interface RunningGateway {
  readonly port: number;
  /** Takes no new requests, finishes those in flight, at most 10 s. */
  stop(): Promise<void>;
}

const adapterOf = (log: Log, addresses: Addresses): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: mostBytes,
    // Ids are short; an endless one is no address.
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    skipMiddie: true,
    clientErrorHandler: clientError,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      refuse(reply, log, understood(error, request, addresses, reply), traceparentOf(request.headers));
    },
  });

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const openDoors = (app: NestFastifyApplication, gateway: Gateway, addresses: Addresses, meter: Meter): void => {
  const fastify = app.getHttpAdapter().getInstance();
  watchRequests(fastify, meter);
  fastify.addHook('onRoute', addresses.add);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done(null, payload);
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const { config, peers, verify, log } = gateway;
  const sections = meter.createCounter('guanxi_customer_sections_total', { description: 'Sections of pages of one customer, by state.' });
  const pageParts: PageParts = {
    ...{ call: peers.call, staleMs: config.staleMs },
    onError: (error) => log.error(faultOf(error), 'a section failed'),
    onSection: (section, state) => sections.add(1, { section, state }),
  };
  const historyParts: HistoryParts = {
    ...{ call: peers.call, titles: JSON.parse(titlesText()) as Titles },
    onError: (error) => log.error(faultOf(error), 'a history failed'),
  };
  const own = [customerCall(pageParts, verify), customerHistoryCall(historyParts)];
  restDoor(fastify, routes, { verify, call: withOwn(peers.call, own), log });
  changesDoor(fastify, gateway);
  const { namespace, serviceTokenFile } = config;
  const ownToken = serviceTokenFile === undefined ? () => Promise.resolve('') : serviceToken(serviceTokenFile);
  batchDoor(fastify, { ...gateway, call: peers.call, namespace, ownToken });
  app.useStaticAssets({ root: assets, prefix: '/docs/assets/', index: false, wildcard: true, maxAge: '1h' });
};

/** Starts the gateway. @throws Error naming rpcs without an access policy, or an address that is taken */
export const startGateway = async (config: GatewayConfig, log: Log): Promise<RunningGateway> => {
  demandPolicies([...contracts.services.values()].filter((service) => service.name !== 'Wire'));
  const operations = await startOperations('gateway', config.operations);
  const stopping = new AbortController();
  const addresses = new Addresses();
  const peers = new Peers(config.peers, tlsOf(config.tlsFolder));
  const gateway: Gateway = { config, peers, log, verify: verifier(config), stopping: stopping.signal };
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.of(gateway), adapterOf(log, addresses), {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLog(log),
  });
  app.useGlobalFilters(new ProblemFilter(log, addresses));
  openDoors(app, gateway, addresses, operations.meter);
  const at = config.http.lastIndexOf(':');
  await app.listen(Number(config.http.slice(at + 1)), config.http.slice(0, at).replaceAll(/[[\]]/g, ''));
  const server = app.getHttpServer();
  const { port } = server.address() as { port: number };
  // That a service is away is its own probe's business: the gateway goes on with the others.
  operations.ready(() => Promise.resolve({ ready: true, parts: [] }));
  return {
    port,
    stop: async () => {
      stopping.abort();
      operations.stopping();
      // A connection whose last request was in flight just now would be kept alive.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const cut = setTimeout(() => server.closeAllConnections(), stopMs);
      await app.close();
      clearInterval(idle);
      clearTimeout(cut);
      peers.close();
      await operations.close();
    },
  };
};
