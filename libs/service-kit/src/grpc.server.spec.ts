import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client, credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { protoPath as healthProto } from 'grpc-health-check';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import { Wire } from '@guanxi/contracts/guanxi/common/v1/wire_pb';
import { controllerOf } from './controllers.js';
import { asking, gate, historyStub, type Asked } from './testing/history.js';
import { testServer, type TestServer } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

type Stub = Client &
  Record<string, (...values: unknown[]) => { on(name: string, heard: (it: never) => void): void; write(it: object): void; end(): void }>;
const stub = (proto: string, path: string, address: string): Stub => {
  const found = path
    .split('.')
    .reduce<unknown>((it, name) => (it as Record<string, unknown>)[name], loadPackageDefinition(loadSync(proto, { longs: String, enums: String })));
  return new (found as new (...values: unknown[]) => Stub)(address, credentials.createInsecure());
};
const reflectionProto = join(dirname(createRequire(import.meta.url).resolve('@grpc/reflection')), '../proto/grpc/reflection/v1/reflection.proto');

describe('the gRPC server', () => {
  let server: TestServer;
  let client: UnaryClient;
  let authorization: string;
  const asked: Asked[] = [];
  const held = gate();
  const open = controllerOf(Operations, (_kit, _method, _request, caller) => {
    asked.push({ method: 'getHealth', request: {}, caller });
    return Promise.resolve({ ready: true, parts: [] });
  });
  beforeEach(async () => {
    asked.length = 0;
    server = await testServer([historyStub(asked, held), open]);
    client = new UnaryClient(server.address);
    authorization = await server.issuer.bearer();
  });
  afterEach(async () => {
    held.open();
    client.close();
    await server.close();
  });

  it('answers unary calls, with the details of refusals in the trailers', async () => {
    await expect(client.call(History.method.listEpochs, {}, { authorization })).resolves.toEqual({ epochs: [{ id: 'e1', base: '3' }] });
    await expect(client.call(History.method.readEvents, {}, { authorization })).resolves.toMatchObject({
      records: ['一'],
      positions: ['1'],
      head: '1',
    });
    await expect(client.call(History.method.readEvents, { after: asking.refuse }, { authorization })).rejects.toMatchObject({
      slug: 'epoch-unknown',
      kind: 'conflict',
      more: { version: 7 },
    });
    await expect(client.call(History.method.readEvents, { after: '-1', limit: 1001 }, { authorization })).rejects.toMatchObject({
      kind: 'invalid',
      more: {
        errors: [
          { field: 'after', rule: 'int64.gte' },
          { field: 'limit', rule: 'int32.gte_lte' },
        ],
      },
    });
    await expect(client.call(History.method.readEvents, { after: asking.fail }, { authorization })).rejects.toMatchObject({
      name: 'Failure',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
  it('says INTERNAL and no more where an answer is not what the contract says', async () => {
    await expect(client.call(History.method.readEvents, { after: asking.tooWrong }, { authorization })).rejects.toMatchObject({ name: 'Failure' });
  });
  it('lets nobody in without a token or a role, and everybody to what is open', async () => {
    const listEpochs = History.method.listEpochs;
    await expect(client.call(listEpochs, {})).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(client.call(listEpochs, {}, { authorization: await server.issuer.bearer({ roles: ['SALESPERSON'] }) })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(client.call(Operations.method.getHealth, {})).resolves.toMatchObject({ ready: true });
    expect(asked.map((it) => it.caller)).toMatchObject([{ subject: 'anonymous', role: '' }]);
  });
  it('acts in the first role of the policy that the token carries', async () => {
    await client.call(History.method.listEpochs, {}, { authorization: await server.issuer.bearer({ roles: ['CUSTOMER', 'SUBSCRIBER', 'AUDITOR'] }) });
    expect(asked[0]?.caller).toMatchObject({ role: 'AUDITOR' });
  });
  it('refuses headers that cannot be read', async () => {
    const headers: Record<string, string>[] = [
      { 'if-match': '*' },
      { 'if-match': '"x"' },
      { 'if-match': '"1", "2"' },
      { 'idempotency-key': 'k'.repeat(201) },
    ];
    for (const it of headers)
      await expect(client.call(History.method.listEpochs, {}, { authorization, ...it })).rejects.toMatchObject({ kind: 'invalid' });
  });
  it('takes no message above 1 MiB and lives on', async () => {
    const raw = new Client(server.address, credentials.createInsecure());
    const same = (it: Buffer): Buffer => it;
    const code = await new Promise((resolve) =>
      raw.makeUnaryRequest('/guanxi.common.v1.History/ListEpochs', same, same, Buffer.alloc(1024 * 1024 + 1), (error: ServiceError | null) =>
        resolve(error?.code),
      ),
    );
    raw.close();
    expect(code).toBe(8);
    await expect(client.call(History.method.listEpochs, {}, { authorization })).resolves.toBeDefined();
  });
  it('tells its services and their contracts by reflection', async () => {
    const reflection = stub(reflectionProto, 'grpc.reflection.v1.ServerReflection', server.address);
    const ask = (request: object) =>
      new Promise<Record<string, Record<string, unknown[]>>>((resolve) => {
        const stream = reflection['ServerReflectionInfo']!();
        stream.on('data', (it) => resolve(it));
        stream.write(request);
        stream.end();
      });
    const listed = await ask({ listServices: '*' });
    const names = (listed['listServicesResponse']!['service'] as { name: string }[]).map((it) => it.name);
    expect(names).toEqual(expect.arrayContaining([History.typeName, Operations.typeName]));
    const file = await ask({ fileContainingSymbol: History.typeName });
    const [first] = file['fileDescriptorResponse']!['fileDescriptorProto'] as Uint8Array[];
    expect(fromBinary(FileDescriptorProtoSchema, first!).service.map((it) => it.name)).toEqual(['History']);
    reflection.close();
  });
  it('answers gRPC health as it is told', async () => {
    const health = stub(healthProto, 'grpc.health.v1.Health', server.address);
    const check = () => new Promise((resolve) => health['check']!({}, (_: unknown, it: { status: string }) => resolve(it.status)));
    expect(await check()).toBe('NOT_SERVING');
    server.setServing(true);
    expect(await check()).toBe('SERVING');
    health.close();
  });
  it('finishes a unary call that is under way when it stops', async () => {
    const waiting = client.call(History.method.readEvents, { after: asking.wait }, { authorization });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = server.close();
    setTimeout(() => held.open(), 50);
    await expect(waiting).resolves.toMatchObject({ head: '9' });
    await stopped;
  });
});

describe('an rpc without an access policy', () => {
  it('is refused when the service starts', async () => {
    await expect(testServer([controllerOf(Wire, () => Promise.resolve({}))])).rejects.toThrow(
      'no access policy (option (guanxi.common.v1.access)): guanxi.common.v1.Wire/Calls',
    );
  });
  it('is refused to everybody where a handler was written past the generator', async () => {
    class ByHand {
      listEpochs(): object {
        return { epochs: [] };
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(ByHand.prototype, 'listEpochs') as PropertyDescriptor;
    GrpcMethod(History.typeName, 'ListEpochs')(ByHand.prototype, 'listEpochs', descriptor);
    Controller()(ByHand);
    const server = await testServer([{ service: History, controller: ByHand }]);
    const client = new UnaryClient(server.address);
    await expect(client.call(History.method.listEpochs, {}, { authorization: await server.issuer.bearer() })).rejects.toMatchObject({
      slug: 'forbidden',
      kind: 'forbidden',
    });
    client.close();
    await server.close();
  });
});
