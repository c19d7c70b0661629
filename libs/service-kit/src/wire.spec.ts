import { connect } from 'node:http2';
import { ServerGrpc } from '@nestjs/microservices';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { History, ListEpochsResponseSchema, ReadEventsRequestSchema } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { packageDefinition } from './definition.js';
import { asking, gate, historyStub, type Asked, type Gate } from './testing/history.js';
import { testServer, type TestServer } from './testing/server.js';
import { WireClient } from './wire.client.js';
import { handlersByPath } from './wire.server.js';
import { mostInFlight } from './wire.session.js';

const readEvents = `/${History.typeName}/ReadEvents`;
const listEpochs = `/${History.typeName}/ListEpochs`;
const bodyFor = (after: string): Uint8Array => toBinary(ReadEventsRequestSchema, create(ReadEventsRequestSchema, { after }));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the wire', () => {
  let server: TestServer;
  let client: WireClient;
  let authorization: string;
  let asked: Asked[];
  let held: Gate;
  beforeEach(async () => {
    asked = [];
    held = gate();
    server = await testServer([historyStub(asked, held)]);
    client = new WireClient(server.address);
    authorization = await server.issuer.bearer();
  });
  afterEach(async () => {
    held.open();
    client.close();
    await server.close();
  });
  const call = (after: string, timeoutMs?: number, more: Record<string, string> = {}) =>
    client.call(readEvents, bodyFor(after), { authorization, ...more }, timeoutMs);

  it('carries a call to the handler of the unary rpc', async () => {
    const { body } = await client.call(listEpochs, new Uint8Array(), { authorization });
    expect(fromBinary(ListEpochsResponseSchema, body).epochs).toMatchObject([{ id: 'e1', base: '3' }]);
  });
  it('answers each of many calls at once with its own answer, whatever their order', async () => {
    const late = call(asking.wait);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? call(asking.answer) : call(asking.refuse).catch((error: unknown) => error))),
    );
    expect(answers.filter((it) => it instanceof Error)).toHaveLength(100);
    held.open();
    await expect(late).resolves.toBeDefined();
  });
  it('keeps the details of a refusal', async () => {
    await expect(call(asking.refuse)).rejects.toMatchObject({
      slug: 'epoch-unknown',
      kind: 'conflict',
      message: 'There is no such epoch.',
      more: { version: 7, allowed: ['One', 'Two'], ids: ['i1'] },
    });
  });
  it('says nothing of a failure but its trace id', async () => {
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const error = await call(asking.fail, undefined, { traceparent }).catch((it: unknown) => it);
    expect(error).toMatchObject({ name: 'Failure', traceId: '0123456789abcdef0123456789abcdef' });
    expect(JSON.stringify(error)).not.toContain('somebody');
  });
  it('hands key, version, wish to wait and trace to the handler', async () => {
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    await call(asking.answer, undefined, { traceparent, 'idempotency-key': 'k', 'if-match': '"4"', prefer: 'respond-async' });
    expect(asked[0]?.caller).toEqual({
      subject: 'op-1',
      kind: 'OPERATOR',
      role: 'SUBSCRIBER',
      segment: 'default',
      idempotencyKey: 'k',
      ifMatch: 4,
      wait: false,
      traceparent,
    });
  });
  it('keeps away from a replica that is gone, and comes back to one that is there again', async () => {
    const other = await testServer([historyStub(asked, held)], {}, server.issuer);
    const both = new WireClient(`${server.address}+${other.address}`);
    const calls = (): Promise<PromiseSettledResult<unknown>[]> =>
      Promise.allSettled(Array.from({ length: 20 }, () => both.call(listEpochs, new Uint8Array(), { authorization })));
    const failed = (all: PromiseSettledResult<unknown>[]): number => all.filter((it) => it.status === 'rejected').length;
    expect(failed(await calls())).toBe(0);
    other.cut();
    await other.close();
    await pause(50);
    for (let n = 0; n < 5; n++) expect(failed(await calls())).toBe(0);
    const again = await testServer([historyStub(asked, held)], { address: other.address }, server.issuer);
    server.cut();
    await server.close();
    let left = Infinity;
    for (let n = 0; n < 100 && left > 0; n++, await pause(50)) left = failed(await calls());
    expect(left).toBe(0);
    both.close();
    await again.close();
  });
  it('checks the token of every call, not of the stream', async () => {
    await call(asking.answer);
    await expect(client.call(readEvents, bodyFor('0'), {})).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(client.call(readEvents, bodyFor('0'), { authorization: `${authorization}x` })).rejects.toMatchObject({ kind: 'unauthenticated' });
    const stranger = await server.issuer.bearer({ roles: ['CUSTOMER'] });
    await expect(client.call(readEvents, bodyFor('0'), { authorization: stranger })).rejects.toMatchObject({ slug: 'forbidden', kind: 'forbidden' });
    expect(asked).toHaveLength(1);
  });
  it('takes nobody’s word but the gateway’s for a token that has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = {
      authorization: await server.issuer.bearer({ iat: now - 600, exp: now - 60 }),
      'authorized-at': new Date((now - 120) * 1000).toISOString(),
    };
    const ask = (by: object) => client.call(readEvents, bodyFor(asking.answer), { ...expired, ...by });
    for (const by of [{}, { 'gateway-authorization': authorization }]) await expect(ask(by)).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(asked).toHaveLength(0);
    await ask({ 'gateway-authorization': await server.issuer.bearer({ sub: 'service:gateway', kind: 'SYSTEM' }) });
    expect(asked[0]?.caller).toMatchObject({ subject: 'op-1', kind: 'OPERATOR' });
  });
  it('answers unavailable for an rpc that is not there', async () => {
    await expect(client.call('/guanxi.common.v1.History/Nothing', new Uint8Array(), { authorization })).rejects.toMatchObject({ slug: 'not-served' });
    await expect(client.call('constructor', new Uint8Array(), { authorization })).rejects.toMatchObject({ slug: 'not-served' });
  });
  it('names the fields of a request that breaks its contract, and takes no bytes that are no message', async () => {
    const errors = [{ field: 'after', rule: 'int64.gte' }];
    await expect(call('-1')).rejects.toMatchObject({ slug: 'invalid-request', kind: 'invalid', more: { errors } });
    await expect(client.call(readEvents, Buffer.from('ffff', 'hex'), { authorization })).rejects.toMatchObject({ slug: 'unreadable' });
  });
  it('does not wait longer than it was told', async () => {
    await expect(call(asking.wait, 50)).rejects.toMatchObject({ slug: 'timeout', kind: 'unavailable' });
    await expect(call(asking.answer)).resolves.toBeDefined();
  });
  it('refuses more calls at once than it can hold, on either side', async () => {
    const small = new WireClient(server.address, 2);
    const two = [1, 2].map(() => small.call(readEvents, bodyFor(asking.wait), { authorization }));
    while (asked.length < 2) await pause(5);
    await expect(small.call(readEvents, bodyFor('0'), { authorization })).rejects.toMatchObject({ slug: 'too-much-at-once', kind: 'exhausted' });
    const large = new WireClient(server.address, 10 * mostInFlight);
    let refused = 0;
    const over = Array.from({ length: mostInFlight + 5 }, () =>
      large
        .call(readEvents, bodyFor(asking.wait), { authorization })
        .catch((it: { slug: string }) => (refused += it.slug === 'too-much-at-once' ? 1 : NaN)),
    );
    while (asked.length - 2 < mostInFlight || refused < 5) await pause(5);
    expect([asked.length - 2, refused]).toEqual([mostInFlight, 5]);
    held.open();
    await Promise.all(over);
    await Promise.all(two);
    small.close();
    large.close();
  });
  it('breaks off with unavailable when the service goes, and finds it again when it is back', async () => {
    await call(asking.answer);
    const waiting = call(asking.wait);
    const outcome = expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
    await pause(20);
    const { address, issuer } = server;
    // A stop that finishes nothing: what a crash looks like from here.
    server.cut();
    await outcome;
    await server.close();
    await expect(call(asking.answer)).rejects.toMatchObject({ slug: 'service-unavailable' });
    server = await testServer([historyStub(asked, held)], { address }, issuer);
    const until = Date.now() + 5_000;
    let answer: unknown;
    while (!answer && Date.now() < until) answer = await call(asking.answer).catch(() => pause(50));
    expect(answer).toBeDefined();
  });
  it('finishes what it took when the service stops, and takes nothing more', async () => {
    const waiting = call(asking.wait);
    await pause(50);
    const stopped = server.close();
    await pause(50);
    await expect(call(asking.answer)).rejects.toMatchObject({ slug: 'stopping', kind: 'unavailable' });
    held.open();
    await expect(waiting).resolves.toBeDefined();
    await stopped;
  });
  it('outlives a client that sends garbage', async () => {
    const session = connect(`http://${server.address}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/guanxi.common.v1.Wire/Calls',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.write(Buffer.from('00000000ff' + 'fe'.repeat(255), 'hex'));
    await new Promise((resolve) => stream.on('end', resolve).on('error', resolve).resume());
    session.destroy();
    await expect(call(asking.answer)).resolves.toBeDefined();
  });
});

describe("what the wire needs of Nest's gRPC server", () => {
  it("is there: its handlers by pattern, and grpc-js' server before services are added", async () => {
    let given: unknown;
    const options = { url: '127.0.0.1:0', package: 'guanxi', packageDefinition: packageDefinition([History]) };
    const server = new ServerGrpc({ ...options, onLoadPackageDefinition: (_definition: object, it: unknown) => (given = it) });
    const handler = () => Promise.resolve('heard');
    server.addHandler({ service: History.typeName, rpc: 'ListEpochs', streaming: 'no_stream' }, handler as never);
    server.addHandler({ service: History.typeName, rpc: 'Other', streaming: 'rx_stream' }, handler as never);
    expect([...handlersByPath(server.getHandlers()).keys()]).toEqual([listEpochs]);
    await server.listen(() => undefined);
    expect(given).toMatchObject({ addService: expect.any(Function) as unknown, tryShutdown: expect.any(Function) as unknown });
    await server.close();
  });
});
