import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { create, toBinary } from '@bufbuild/protobuf';
import { fastify as fastifyOf } from 'fastify';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommittedSchema } from '@guanxi/contracts/guanxi/common/v1/command_pb';
import { routes } from '@guanxi/contracts/routes';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { logger } from '@guanxi/service-kit/log';
import { restDoor } from './rest.door.js';
import { bearer, committed, openHouse, type Answer, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const account = {
  accountId: id,
  kind: 'PERSON',
  displayName: '王小明',
  lifecycle: 'POTENTIAL',
  version: 4,
  createdAt: '2026-03-01T00:00:00.000Z',
  trade: [{ currency: 'CNY', orders: 2, amountMinor: '9007199254740993' }],
};

describe('the REST door', () => {
  let house: House;
  let answer: Answer;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse((heard, call) => answer(heard, call));
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.heard.length = 0;
    answer = () => committed;
  });
  const ask = (path: string, init: RequestInit = {}) => fetch(house.url + path, { ...init, headers: { authorization, ...init.headers } });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });

  it('answers a command that creates with 201, its place and its version', async () => {
    const answered = await post('/v1/accounts', { kind: 'PERSON', display_name: '王小明' });
    expect(answered.status).toBe(201);
    expect(answered.headers.get('location')).toBe(`/v1/accounts/${id}`);
    expect(answered.headers.get('etag')).toBe('"1"');
    expect(answered.headers.get('idempotent-replayed')).toBeNull();
    expect(await answered.json()).toEqual(committed);
    expect(house.heard[0]).toMatchObject({ service: 'accounts', method: 'RegisterAccount', request: { kind: 'PERSON', displayName: '王小明' } });
  });
  it('answers a command that changes with 200, and takes its id from the path', async () => {
    const answered = await post(`/v1/accounts/${id}:tag`, { tags: ['vip'] });
    expect([answered.status, answered.headers.get('location')]).toEqual([200, null]);
    expect(house.heard[0]?.request).toEqual({ accountId: id, tags: ['vip'] });
  });
  it('hands key, version and preference on, and says when an answer is a repeat', async () => {
    answer = (_heard, call) => {
      const metadata = new Metadata();
      metadata.set('idempotent-replayed', 'true');
      call.sendMetadata(metadata);
      return committed;
    };
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const answered = await post(
      `/v1/accounts/${id}:tag`,
      { tags: ['a'] },
      { 'idempotency-key': 'k-1', 'if-match': '"3"', prefer: 'respond-async', traceparent },
    );
    expect(answered.headers.get('idempotent-replayed')).toBe('true');
    expect(house.heard[0]?.caller).toMatchObject({ subject: 'op-1', idempotencyKey: 'k-1', ifMatch: 3, wait: false, traceparent });
  });
  it('prints every field, absent ones as null, with the version as ETag', async () => {
    answer = () => account;
    const answered = await ask(`/v1/accounts/${id}`);
    expect([answered.status, answered.headers.get('etag'), answered.headers.get('cache-control')]).toEqual([200, '"4"', 'no-store']);
    const json = (await answered.json()) as Record<string, unknown>;
    expect(json).toMatchObject({ ...account, externalRefs: [], region: null, tags: [], updatedAt: null, source: null });
    expect(json['trade']).toEqual([
      expect.objectContaining({ orders: 2, returns: 0, quantity: '', amountMinor: '9007199254740993', firstOrderedAt: null }),
    ]);
  });
  it('reads a query with camelCase and proto names', async () => {
    answer = () => ({ accounts: [], nextPageToken: '' });
    const answered = await ask('/v1/accounts?kind=PERSON&page_size=7&orderBy=createdAt%20desc&tag=%E8%B4%B5%E5%AE%BE');
    expect([answered.status, answered.headers.get('etag'), await answered.json()]).toEqual([200, null, { accounts: [], nextPageToken: '' }]);
    expect(house.heard[0]?.request).toMatchObject({ kind: 'PERSON', pageSize: 7, orderBy: 'createdAt desc', tag: '贵宾' });
  });
  it('answers HEAD like GET without a body', async () => {
    answer = () => account;
    const answered = await ask(`/v1/accounts/${id}`, { method: 'HEAD' });
    expect([answered.status, answered.headers.get('etag'), await answered.text()]).toEqual([200, '"4"', '']);
  });
  it.each([
    ['conflict', 409],
    ['not-found', 404],
    ['stale', 412],
    ['exhausted', 429],
    ['unavailable', 503],
    ['invalid', 422],
    ['forbidden', 403],
  ] as const)('answers a rejection of kind %s with %d and its details', async (kind, status) => {
    answer = () => {
      throw new Rejection('external-ref-taken', kind, 'Taken.', {
        version: 7,
        allowed: ['TagAccount'],
        ids: [id],
        errors: [{ field: 'externalRef', rule: 'taken', message: 'is taken' }],
      });
    };
    const answered = await post('/v1/accounts', { kind: 'PERSON', displayName: 'x' });
    expect([answered.status, answered.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(answered.headers.has('retry-after')).toBe(status === 429 || status === 503);
    expect(await answered.json()).toMatchObject({
      type: '/problems/external-ref-taken',
      title: expect.stringMatching(/./),
      status,
      detail: 'Taken.',
      errors: [{ field: 'externalRef', rule: 'taken', message: 'is taken' }],
      allowed: ['TagAccount'],
      version: 7,
      ids: [id],
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
  it('tells nothing of a failure but the trace id', async () => {
    answer = () => {
      throw new Error('王小明 13800138000');
    };
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const answered = await post('/v1/accounts', { kind: 'PERSON', displayName: 'x' }, { traceparent });
    expect(await answered.json()).toEqual({
      type: '/problems/internal',
      title: 'Something went wrong here',
      status: 500,
      detail: expect.not.stringContaining('王小明'),
      errors: [],
      traceId: '0123456789abcdef0123456789abcdef',
    });
  });
  it('checks token and role before it reads the body', async () => {
    const stranger = await bearer(house, ['CUSTOMER']);
    const none = await post('/v1/accounts', { nonsense: 1 }, { authorization: '' });
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await post('/v1/accounts', { nonsense: 1 }, { authorization: `${authorization}x` })).status).toBe(401);
    expect((await post('/v1/accounts', { nonsense: 1 }, { authorization: stranger })).status).toBe(403);
    expect(house.heard).toEqual([]);
  });
  it('hangs up on a body that does not arrive in time, and on no other', async () => {
    const fastify = fastifyOf();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const body = toBinary(CommittedSchema, create(CommittedSchema, committed));
    const verify = () => Promise.resolve({ subject: 'op-1', kind: 'OPERATOR', roles: ['DATA_STEWARD'], segment: 'default' } as const);
    const call = () => sleep(150, { body, metadata: {} });
    restDoor(fastify, routes, { verify, call, log: logger('test', 'silent') }, 50);
    const port = new URL(await fastify.listen()).port;
    const send = (text: string) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`POST /v1/accounts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 34\r\n\r\n${text}`),
      );
      return new Promise<string>((resolve) => socket.once('close', () => resolve('')).once('data', (chunk) => resolve(String(chunk))));
    };
    expect(await send('{"kind":"PERSON"')).toBe('');
    expect(await send('{"kind":"PERSON","displayName":""}')).toMatch(/^HTTP\/1.1 201 /);
    fastify.server.closeAllConnections();
    await fastify.close();
  });
});
