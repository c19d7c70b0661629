import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { parseExposition } from '@guanxi/service-kit/testing/exposition';
import { freePort } from '@guanxi/service-kit/testing/server';
import { keepSpans, textOf } from '@guanxi/service-kit/testing/spans';
import { bearer, openHouse, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const committed = { id, version: 1, position: '7', warnings: [] };
const canary = '张三 13800138000';
const newId = (): string => randomBytes(16).toString('hex');

describe('a request that is watched', () => {
  const spans = keepSpans();
  let house: House;
  let operations = '';
  let authorization = '';
  let fails = false;
  const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
    fetch(house.url + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const counted = async (name: string): Promise<Record<string, number>> => {
    const family = parseExposition(await (await fetch(`${operations}/metrics`)).text()).get(name);
    const samples = family?.samples.filter((it) => it.name === (family.type === 'histogram' ? `${name}_count` : name)) ?? [];
    return Object.fromEntries(samples.map(({ labels: { service_name: _, ...labels }, value }) => [Object.values(labels).join(' '), value]));
  };
  /** Spans end with their connections' work, a moment after the answer. */
  const traceOf = async (traceId: string, most = 2): Promise<ReturnType<typeof spans.of>> => {
    for (const end = Date.now() + 2_000; Date.now() < end && spans.of(traceId).length < most;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return spans.of(traceId);
  };
  beforeAll(async () => {
    const address = `127.0.0.1:${await freePort()}`;
    operations = `http://${address}`;
    const answer = (): object => {
      if (fails) throw new Rejection('account-closed', 'conflict', 'It is closed.');
      return committed;
    };
    house = await openHouse(answer, ['accounts'], { operations: address });
    authorization = await bearer(house);
  });
  afterAll(() => house.close());

  it('lies under the client’s span, with the service’s work under its own', async () => {
    const trace = newId();
    await post(`/v1/accounts/${id}:tag`, { tags: ['vip'] }, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    const [door, rpc] = [...(await traceOf(trace))].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect([door?.name, door?.parentSpanContext?.spanId]).toEqual(['POST /v1/accounts/{account_id}:tag', '00f067aa0ba902b7']);
    expect([rpc?.name, rpc?.parentSpanContext?.spanId]).toEqual(['guanxi.accounts.v1.AccountCommands/TagAccount', door?.spanContext().spanId]);
    expect(door?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/accounts/{account_id}:tag',
      'http.response.status_code': 200,
    });
  });

  it('begins a trace where the client sent none, or none that can be read; a problem names that very trace', async () => {
    fails = true;
    for (const sent of [{}, { traceparent: '00-0-0-01' }, { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }]) {
      const { traceId } = (await (await post(`/v1/accounts/${id}:tag`, { tags: ['vip'] }, sent as Record<string, string>)).json()) as {
        traceId: string;
      };
      const [door] = (await traceOf(traceId)).filter((it) => it.name.startsWith('POST'));
      expect([door?.parentSpanContext, door?.attributes['http.response.status_code']]).toEqual([undefined, 409]);
    }
    fails = false;
  });

  it('keeps no span of what the client does not sample, nor of probes', async () => {
    const trace = newId();
    await post(`/v1/accounts/${id}:tag`, { tags: ['vip'] }, { traceparent: `00-${trace}-00f067aa0ba902b7-00` });
    await fetch(`${house.url}/health/live`);
    expect(spans.of(trace)).toEqual([]);
    expect(house.heard.at(-1)?.caller['traceparent']).toBe(`00-${trace}-00f067aa0ba902b7-00`);
  });

  it('shows of a batch its first twenty lines', async () => {
    const trace = newId();
    const lines = Array.from({ length: 30 }, (_, n) =>
      JSON.stringify({ command: 'guanxi.accounts.v1.TagAccount', idempotencyKey: `k${n}`, request: { accountId: id, tags: [`t${n}`] } }),
    );
    const answered = await post('/v1/commands:batch', lines.join('\n'), {
      'content-type': 'application/x-ndjson',
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    });
    expect((await answered.text()).match(/"ok":true/g)).toHaveLength(30);
    expect((await traceOf(trace, 21)).map((it) => it.name).filter((it) => it.endsWith('TagAccount'))).toHaveLength(20);
  });

  it('lets nothing of address, query, headers or body into a span', async () => {
    const trace = newId();
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    await post(
      '/v1/accounts',
      { kind: 'PERSON', displayName: canary, externalRef: { system: 'crm', id: canary } },
      { traceparent, 'idempotency-key': '13800138000' },
    );
    await fetch(`${house.url}/v1/accounts?tag=${encodeURIComponent(canary)}`, { headers: { authorization, traceparent } });
    await fetch(`${house.url}/v1/accounts/${id}/${encodeURIComponent(canary)}`, { headers: { authorization, traceparent } });
    const texts = (await traceOf(trace, 4)).map(textOf);
    expect(texts.length).toBeGreaterThanOrEqual(4);
    for (const word of ['张三', '13800138000', encodeURIComponent('张三'), id, authorization.slice(7)])
      expect(texts.filter((it) => it.includes(word))).toEqual([]);
  });

  it('is counted once, by route and status, whatever its address', async () => {
    const before = await counted('http_server_request_duration_seconds');
    for (const each of [id, id.replace('0', '1'), id.replace('0', '2')]) await post(`/v1/accounts/${each}:tag`, { tags: ['vip'] });
    await post('/v1/accounts', { kind: 'NOBODY' });
    await fetch(`${house.url}/v1/nothing/${id}`);
    await fetch(`${house.url}/v1/accounts/${id}`);
    const moved = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        Object.entries(await counted('http_server_request_duration_seconds')).flatMap(([name, n]) =>
          n === (before[name] ?? 0) ? [] : [[name, n - (before[name] ?? 0)]],
        ),
      );
    for (const end = Date.now() + 2_000; Date.now() < end && Object.values(await moved()).reduce((sum, n) => sum + n, 0) < 6;);
    expect(await moved()).toEqual({
      'POST /v1/accounts/{account_id}:tag 200': 3,
      'POST /v1/accounts 422': 1,
      'GET none 404': 1,
      'GET /v1/accounts/{account_id} 401': 1,
    });
    expect(Object.values(await counted('http_server_active_requests')).every((n) => n === 0)).toBe(true);
  });

  it('counts the sections of a page by state', async () => {
    await fetch(`${house.url}/v1/customers/${id}`, { headers: { authorization: await bearer(house, ['SALESPERSON']) } });
    const states = await counted('guanxi_customer_sections_total');
    expect(states).toMatchObject({ 'loyalty unavailable': 1 });
    expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(5);
  });
});
