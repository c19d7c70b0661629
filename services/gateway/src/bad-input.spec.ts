import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bearer, committed, openHouse, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('bad input at the REST door', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(() => committed);
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.heard.length = 0;
  });

  const json = { 'content-type': 'application/json' };
  const send = async (path: string, body: string | Buffer | undefined, headers: Record<string, string> = json, method = 'POST') => {
    const answered = await fetch(house.url + path, { method, headers: { authorization, ...headers }, ...(body !== undefined && { body }) });
    const text = await answered.text();
    expect(answered.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = JSON.parse(text) as { type: string; status: number; errors: { field: string; rule: string }[]; traceId: string };
    expect(problem.status).toBe(answered.status);
    expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
    return { status: answered.status, slug: problem.type.slice('/problems/'.length), errors: problem.errors, text, answered };
  };
  const good = { kind: 'PERSON', displayName: 'x' };
  const register = (body: unknown) => send('/v1/accounts', typeof body === 'string' ? body : JSON.stringify(body));

  it.each([
    ['half a body', '{"kind":"PERSON"'],
    ['no JSON', 'kind=PERSON'],
    ['a list', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['endless depth', '['.repeat(100_000)],
    ['depth in an unknown field', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('400 unreadable: %s', async (_what, body) => {
    expect(await send('/v1/accounts', body)).toMatchObject({ status: 400, slug: 'unreadable' });
  });
  it('400 for a key that is given twice', async () => {
    expect(await register('{"kind":"PERSON","displayName":"x","displayName":"y"}')).toMatchObject({ status: 400, slug: 'repeated-key' });
  });
  it('400 naming an unknown field, at any depth', async () => {
    expect(await register({ ...good, segmentID: 's' })).toMatchObject({ status: 400, slug: 'unknown-field', errors: [{ field: 'segmentID' }] });
    expect(await register({ ...good, externalRef: { system: 's', id: '1', more: 1 } })).toMatchObject({
      status: 400,
      errors: [{ field: 'externalRef.more' }],
    });
    expect(await register('{"__proto__":{"kind":"PERSON"}}')).toMatchObject({ status: 400, slug: 'unknown-field' });
    expect(await register({ ...good, constructor: {} })).toMatchObject({ status: 400, slug: 'unknown-field' });
  });
  it.each([
    ['a number for text', { ...good, displayName: 7 }, 'displayName'],
    ['text for an object', { ...good, externalRef: 'cdnow:1' }, 'externalRef'],
    ['a list for text', { ...good, displayName: ['x'] }, 'displayName'],
    ['an enum by number', { ...good, kind: 1 }, 'kind'],
    ['an unknown enum', { ...good, kind: 'ROBOT' }, 'kind'],
    ['U+0000', { ...good, displayName: 'a\0b' }, 'displayName'],
    ['half a surrogate pair', '{"kind":"PERSON","displayName":"\\ud83d"}', 'displayName'],
    ['the same field by both names', { ...good, display_name: 'y' }, 'displayName'],
  ])('422 naming the field: %s', async (_what, body, field) => {
    expect(await register(body)).toMatchObject({ status: 422, slug: 'invalid-request', errors: [{ field }] });
  });
  it.each([
    ['a time without a zone', { orderedAt: '2026-03-01T00:00:00' }, 'orderedAt'],
    ['a day that does not exist', { orderedAt: '2026-02-30T00:00:00Z' }, 'orderedAt'],
    [
      'a number that JSON rounds',
      { orderedAt: '2026-03-01T00:00:00Z', lines: [{ product: 'p', quantity: '1', amountMinor: 2 ** 53 }] },
      'lines[0].amountMinor',
    ],
    [
      'half a minor unit',
      { orderedAt: '2026-03-01T00:00:00Z', lines: [{ product: 'p', quantity: '1', amountMinor: '1.5' }] },
      'lines[0].amountMinor',
    ],
    ['infinity', '{"currency":"EUR","lines":[{"product":"p","quantity":"1","amountMinor":1e400}]}', 'lines[0].amountMinor'],
  ])('422 naming the field: %s', async (_what, order, field) => {
    const answered = await send('/v1/orders', typeof order === 'string' ? order : JSON.stringify({ currency: 'EUR', ...order }));
    expect(answered).toMatchObject({ status: 422, slug: 'invalid-request', errors: [{ field }] });
  });
  it('422 where the service finds a rule of the contract broken', async () => {
    expect(await send('/v1/accounts/no-uuid:tag', '{"tags":["a"]}')).toMatchObject({
      status: 422,
      slug: 'invalid-request',
      errors: [{ field: 'accountId', rule: 'string.uuid' }],
    });
    expect(await register({})).toMatchObject({ status: 422, slug: 'invalid-request' });
  });
  it('422 where body and path name two things', async () => {
    const answered = await send(`/v1/accounts/${id}:tag`, JSON.stringify({ accountId: '01890a5d-ac96-774b-bcce-b302099a8058', tags: ['a'] }));
    expect(answered).toMatchObject({ status: 422, errors: [{ field: 'accountId' }] });
  });
  it('413 for more than 256 KiB, and not for less', async () => {
    const body = (length: number) => JSON.stringify({ ...good, displayName: '' }).replace('""', `"${'x'.repeat(length - 34)}"`);
    expect(body(262_145)).toHaveLength(262_145);
    expect(await send('/v1/accounts', body(262_145))).toMatchObject({ status: 413, slug: 'too-large' });
    expect(await send('/v1/accounts', body(262_144))).toMatchObject({ status: 422 });
  });
  it('415 for other content types and for compressed bodies', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/x-ndjson', 'multipart/form-data; boundary=x', 'nonsense'])
      expect(await send('/v1/accounts', JSON.stringify(good), { 'content-type': type })).toMatchObject({
        status: 415,
        slug: 'media-type-unsupported',
      });
    expect(await send('/v1/accounts', Buffer.from('H4sIAAAAAAAA', 'base64'), { ...json, 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
  });
  it('422 for an idempotency key that is too long, and for an If-Match that is no version', async () => {
    const body = JSON.stringify(good);
    expect(await send('/v1/accounts', body, { ...json, 'idempotency-key': 'k'.repeat(201) })).toMatchObject({
      status: 422,
      slug: 'idempotency-key-invalid',
    });
    expect(await send('/v1/accounts', body, { ...json, 'if-match': '3' })).toMatchObject({ status: 422, slug: 'if-match-invalid' });
    expect(await send('/v1/accounts', body, { ...json, 'if-match': '*' })).toMatchObject({ status: 422, slug: 'if-match-invalid' });
  });
  it.each(['colour=red', 'kind=PERSON&colour=red', '__proto__=1', 'constructor=1'])('400 for the unknown filter in ?%s', async (query) => {
    expect(await send(`/v1/accounts?${query}`, undefined, {}, 'GET')).toMatchObject({ status: 400, slug: 'filter-unknown' });
  });
  it.each(['kind=ROBOT', 'pageSize=many', 'pageSize=1.5', 'pageSize=1&pageSize=2', 'pageSize=-1', 'pageSize=99999999999'])(
    '422 for the value in ?%s',
    async (query) => {
      expect(await send(`/v1/accounts?${query}`, undefined, {}, 'GET')).toMatchObject({ status: 422, slug: 'invalid-request' });
    },
  );
  it('404 for an unknown address and an unknown verb, 405 for another method', async () => {
    expect(await send('/v1/nothing', undefined, {}, 'GET')).toMatchObject({ status: 404, slug: 'no-such-address' });
    expect(await send(`/v1/accounts/${id}:explode`, '{}')).toMatchObject({ status: 404, slug: 'no-such-address' });
    expect(await send('/v1/accounts/..%2f..%2fetc%2fpasswd:tag', '{"tags":["a"]}')).toMatchObject({ status: 404 });
    const wrong = await send(`/v1/accounts/${id}:tag`, undefined, {}, 'GET');
    expect(wrong).toMatchObject({ status: 405, slug: 'method-not-allowed' });
    expect(wrong.answered.headers.get('allow')).toBe('POST');
    expect((await send('/v1/accounts', undefined, {}, 'DELETE')).answered.headers.get('allow')).toBe('POST, GET, HEAD');
  });
  it('never quotes what it could not read', async () => {
    for (const body of [
      '{"displayName":"13800138000',
      '{"displayName":13800138000}',
      '{"kind":"13800138000"}',
      '{"displayName":"13800138000\\ud800"}',
    ])
      expect((await register(body)).text).not.toContain('13800138000');
  });

  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(house.url);
      let heard = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on('data', (chunk) => (heard += String(chunk)));
      socket.on('close', () => resolve(heard));
      // What is refused early may be reset before it is read.
      socket.on('error', () => resolve(heard));
      socket.setTimeout(2_000, () => socket.destroy());
    });
  it.each([
    ['a malformed escape in the path', 'GET /v1/accounts/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400],
    ['an endless path', `GET /v1/accounts/${'a'.repeat(5_000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 404],
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['length and chunks at once', 'POST /v1/accounts HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a header beyond 16 KiB', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}`, 431],
    ['two lengths', 'POST /v1/accounts HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', 400],
  ])('%s is answered and harms nobody', async (_what, text, status) => {
    const heard = await raw(text);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(heard).toContain('application/problem+json');
    expect((await fetch(`${house.url}/health/live`)).status).toBe(200);
  });
});
