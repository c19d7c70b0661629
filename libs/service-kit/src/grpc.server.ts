import 'reflect-metadata';
import { logVerbosity, setLogVerbosity, type Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { HealthImplementation } from 'grpc-health-check';
import { demandPolicies } from './access.js';
import { AccessGuard } from './access.guard.js';
import type { Verify } from './auth.js';
import type { RpcController } from './controllers.js';
import { packageDefinition } from './definition.js';
import { ErrorFilter } from './errors.filter.js';
import { KIT, type Kit } from './kit.js';
import { NestLog, type Log } from './log.js';
import { serverCredentials, type Tls } from './tls.js';
import { planValidation } from './validation.js';
import { WireServer } from './wire.server.js';

/** What a service's gRPC server is made of. */
export interface ServerParts {
  /** host:port */
  readonly address: string;
  readonly controllers: readonly RpcController[];
  readonly kit: Kit;
  readonly verify: Verify;
  readonly tls?: Tls | undefined;
  readonly log: Log;
}

/** A gRPC server at work. */
export interface RunningServer {
  /** What `grpc.health.v1.Health` answers. */
  setServing(serving: boolean): void;
  /** Ends every connection at once. */
  cut(): void;
  /** Takes no new calls, finishes those in flight, at most 10 s. */
  close(): Promise<void>;
}

@Module({})
class ServiceModule {}

const moduleOf = ({ controllers, kit, verify, log }: ServerParts): DynamicModule => ({
  module: ServiceModule,
  controllers: controllers.map((it) => it.controller),
  providers: [
    { provide: KIT, useValue: kit },
    { provide: APP_GUARD, useValue: new AccessGuard(verify) },
    { provide: APP_FILTER, useValue: new ErrorFilter(log) },
  ],
});

const limits = {
  maxReceiveMessageLength: 1024 * 1024,
  maxMetadataSize: 32 * 1024,
  channelOptions: { 'grpc.max_concurrent_streams': 100 },
  // A peer that went away without a word is noticed within a minute.
  keepalive: { keepaliveTimeMs: 30_000, keepaliveTimeoutMs: 10_000 },
};

/**
 * Serves gRPC: every rpc unary for everyone and on the wire, with health and reflection on the same port.
 * @throws Error naming rpcs without an access policy, or an address that is taken
 */
export const startServer = async (parts: ServerParts): Promise<RunningServer> => {
  const services = parts.controllers.map((it) => it.service);
  // It writes to stderr past our log; what matters reaches us as an error.
  setLogVerbosity(logVerbosity.NONE);
  demandPolicies(services);
  planValidation(services);
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  const strategy = new WireServer({
    url: parts.address,
    package: 'guanxi',
    packageDefinition: packageDefinition(services),
    ...limits,
    credentials: serverCredentials(parts.tls),
    onLoadPackageDefinition: (definition: ConstructorParameters<typeof ReflectionService>[0], server: Server) => {
      new ReflectionService(definition).addToServer(server);
      health.addToServer(server);
    },
  });
  const app = await NestFactory.createMicroservice(moduleOf(parts), { strategy, logger: new NestLog(parts.log), abortOnError: false });
  await app.listen();
  return { setServing: (serving) => health.setStatus('', serving ? 'SERVING' : 'NOT_SERVING'), cut: () => strategy.cut(), close: () => app.close() };
};
