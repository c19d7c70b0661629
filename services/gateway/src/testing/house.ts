import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescMethod } from '@bufbuild/protobuf';
import { contracts, sourceOf } from '@guanxi/contracts/services';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { HistoryEntries } from '@guanxi/contracts/guanxi/common/v1/history_entries_pb';
import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import type { CallMetadata } from '@guanxi/service-kit/caller';
import { Parking } from '@guanxi/contracts/guanxi/common/v1/parking_pb';
import { Rebuilds } from '@guanxi/contracts/guanxi/common/v1/rebuilds_pb';
import { Republishing } from '@guanxi/contracts/guanxi/common/v1/republish_pb';
import { controllerOf, type CallHandle } from '@guanxi/service-kit/controllers';
import { logger } from '@guanxi/service-kit/log';
import { testIssuer, type Issuer } from '@guanxi/service-kit/testing/issuer';
import { testServer, type TestServer } from '@guanxi/service-kit/testing/server';
import { GatewayConfig } from '../gateway.config.js';
import { startGateway, type RunningGateway } from '../gateway.js';

export const namespace = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

/** One call that reached a service. */
export interface Heard {
  readonly service: string;
  readonly method: string;
  readonly request: Record<string, unknown>;
  readonly caller: Record<string, unknown>;
  /** The moment that the call names. */
  readonly metadata: Readonly<Record<string, string>>;
}

const moment = ['as-of', 'as-of-position'];

/** What a service of the test does with a call; the answer in plain JSON. */
export type Answer = (heard: Heard, call: CallHandle) => object | Promise<object>;

export interface House {
  readonly url: string;
  readonly issuer: Issuer;
  readonly heard: Heard[];
  readonly gateway: RunningGateway;
  /** Starts one more gateway before the same services; its address. */
  another(): Promise<string>;
  /** Ends a service, as a crash would for the gateway. */
  end(service: string): Promise<void>;
  close(): Promise<void>;
}

const everyRole = ['DATA_STEWARD', 'SALESPERSON', 'SERVICE_AGENT', 'QUALITY', 'AUDITOR', 'SUBSCRIBER', 'SYSTEM_ADMIN', 'SERVICE_SUPERVISOR'];

export const bearer = (house: { issuer: Issuer }, roles: readonly string[] = everyRole): Promise<string> => house.issuer.bearer({ roles });

const urlOf = ({ port }: RunningGateway): string => `http://127.0.0.1:${port}`;

const serviceOf = async (name: string, issuer: Issuer, answer: Answer, heard: Heard[]): Promise<TestServer> => {
  const own = [...contracts.services.values()].filter((it) => sourceOf(it) === name);
  const handle = (
    method: DescMethod,
    request: Record<string, unknown>,
    caller: object,
    call: CallHandle,
    metadata: CallMetadata,
  ): object | Promise<object> => {
    const named = moment.flatMap((header) => metadata.get(header).map((value) => [header, String(value)]));
    const it: Heard = {
      ...{ service: name, method: method.name, request, caller: caller as Record<string, unknown> },
      metadata: Object.fromEntries(named) as Record<string, string>,
    };
    heard.push(it);
    return answer(it, call);
  };
  const controllers = [...own, History, HistoryEntries, Operations, Rebuilds, Parking, Republishing].map((service) =>
    controllerOf(service, async (_kit, method, request, caller, call, metadata) => handle(method, request, caller, call, metadata)),
  );
  return testServer(controllers, {}, issuer);
};

/** The gateway before real gRPC servers of the real contracts, whose handlers are the test's. */
export const openHouse = async (
  answer: Answer,
  names: readonly string[] = ['accounts', 'complaints'],
  more: Partial<GatewayConfig> = {},
): Promise<House> => {
  const issuer = await testIssuer();
  const heard: Heard[] = [];
  const services = new Map(await Promise.all(names.map(async (name) => [name, await serviceOf(name, issuer, answer, heard)] as const)));
  const peers = Object.fromEntries([...services].map(([name, { address }]) => [name, address]));
  const folder = await mkdtemp(join(tmpdir(), 'guanxi-gateway-'));
  const serviceTokenFile = join(folder, 'token');
  await writeFile(serviceTokenFile, await issuer.token({ sub: 'service:gateway', kind: 'SYSTEM', roles: ['SUBSCRIBER'] }));
  const config = Object.assign(new GatewayConfig(), {
    http: '127.0.0.1:0',
    peers,
    namespace,
    serviceTokenFile,
    ...issuer.options,
    log: 'silent',
    ...more,
  });
  const start = (): Promise<RunningGateway> => startGateway(config, logger('gateway', 'silent'));
  const gateway = await start();
  const others: RunningGateway[] = [];
  const another = async (): Promise<string> => {
    const other = await start();
    others.push(other);
    return urlOf(other);
  };
  const end = async (name: string): Promise<void> => {
    services.get(name)?.cut();
    await services.get(name)?.close();
    services.delete(name);
  };
  const close = async (): Promise<void> => {
    await Promise.all([gateway, ...others].map((it) => it.stop()));
    await rm(folder, { recursive: true });
    await Promise.all([...services.values()].map((it) => it.close()));
  };
  return { url: urlOf(gateway), issuer, heard, gateway, another, end, close };
};

/** What every command answers in these tests. */
export const committed = { id: '01890a5d-ac96-774b-bcce-b302099a8057', version: 1, position: '9007199254740993', warnings: [] };
