import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { uuid7 } from '@guanxi/event-sourcing/ids';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import type { RpcController } from '@guanxi/service-kit/controllers';
import { logger } from '@guanxi/service-kit/log';
import { ServiceConfig } from '@guanxi/service-kit/service.config';
import { startService } from '@guanxi/service-kit/start';
import { testIssuer, type Issuer } from '@guanxi/service-kit/testing/issuer';
import { freePort } from '@guanxi/service-kit/testing/server';
import { UnaryClient } from '@guanxi/service-kit/unary.client';
import { Access_Role } from '@guanxi/contracts/guanxi/common/v1/access_pb';
import { freshDatabase, type FreshDatabase } from './postgres.js';

type Json = Record<string, unknown>;

/** Where a service stands and what it shares with those beside it. */
interface Place {
  readonly name: string;
  readonly address: string;
  readonly bus: FreshDatabase;
  readonly issuer: Issuer;
}

/** A service at work on databases of its own, with a token that may do everything. */
export interface TestService {
  /** Its own database. */
  readonly url: string;
  /** What a service beside it must know. */
  readonly place: Place;
  /** One call in plain JSON; metadata is put over the token. */
  call(service: DescService, method: string, request: object, metadata?: Record<string, string>): Promise<Json>;
  stop(): Promise<void>;
}

/** The namespace of the tests' installation. */
export const namespace = '6f1c3b1e-3d0b-4f6e-9a53-0d5f2f0a7c11';

const everyRole = Object.keys(Access_Role).filter((it) => Number.isNaN(Number(it)) && it !== 'ROLE_UNSPECIFIED');

const methodOf = (service: DescService, name: string): DescMethod => {
  const found = service.method[name];
  if (!found) throw new Error(`${service.typeName} has no ${name}`);
  return found;
};

/**
 * Starts the real thing: PostgreSQL, bus, gRPC, tokens. The first neighbour lends its bus and its issuer and is stopped last; all
 * are asked for what was missed.
 */
export const testService = async (
  definition: ServiceDefinition,
  queries: readonly RpcController[],
  ...neighbours: readonly TestService[]
): Promise<TestService> => {
  const { name } = definition;
  const [neighbour] = neighbours;
  const [own, bus, issuer, port] = await Promise.all([
    freshDatabase(),
    neighbour?.place.bus ?? freshDatabase(),
    neighbour?.place.issuer ?? testIssuer(),
    freePort(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-service-'));
  const serviceTokenFile = join(folder, 'token');
  await writeFile(serviceTokenFile, await issuer.token({ sub: `service-${name}`, kind: 'SYSTEM', roles: ['SUBSCRIBER'] }));
  const address = `127.0.0.1:${port}`;
  const config = Object.assign(new ServiceConfig(), issuer.options, {
    ...{ service: name, databaseUrl: own.url, ownerUrl: own.url, busUrl: bus.url, grpc: address, namespace, serviceTokenFile },
    peers: Object.fromEntries(neighbours.map(({ place }) => [place.name, place.address])),
  });
  const running = await startService(config, definition, queries, logger(name, 'silent'));
  const client = new UnaryClient(address);
  const authorization = await issuer.bearer({ sub: 'op-17', roles: everyRole });
  return {
    url: own.url,
    place: { name, address, bus, issuer },
    call: (service, method, request, metadata = {}) =>
      client.call(methodOf(service, method), request, { authorization, 'idempotency-key': uuid7(), ...metadata }),
    stop: async () => {
      client.close();
      await running.stop();
      await rm(folder, { recursive: true });
      await Promise.all([own.drop(), neighbour ? undefined : bus.drop()]);
    },
  };
};
