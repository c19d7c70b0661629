import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type House } from './testing/house.js';

const job = { id: '01890a5d-ac96-774b-bcce-b302099a8057', state: 'RUNNING', from: '1', to: '9', position: '3', rate: 2, etaSeconds: 3, reason: '' };

describe('the doors of republishing', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(({ method, request }) => {
      if (method === 'Republish' && request['from'] === '7') throw new Rejection('republish-running', 'conflict', 'One at a time.');
      if (method === 'GetRepublish' && house.heard.length > 1) throw new Rejection('republish-unknown', 'not-found', 'Never.');
      return { ...job, begunAt: '2026-11-22T08:00:00Z' };
    });
    authorization = await bearer(house, ['SYSTEM_ADMIN']);
  });
  afterAll(() => house.close());
  beforeEach(() => void (house.heard.length = 0));
  const ask = (path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(`${house.url}/v1/history${path}`, {
      ...(body !== undefined && { method: 'POST' }),
      ...(body && { body }),
      headers: { authorization, ...(body && { 'content-type': 'application/json' }), ...headers },
    });

  it.each([
    ['republish', '', 'Republish', { from: '0', to: '0' }],
    ['republish', '{"from": "3", "to": 9}', 'Republish', { from: '3', to: '9' }],
    ['republish:stop', '', 'StopRepublish', {}],
    ['republish', undefined, 'GetRepublish', {}],
  ])('%s with %j asks for %s', async (path, body, method, request) => {
    const answered = await ask(`/accounts/${path}`, body);
    expect([answered.status, await answered.json()]).toEqual([200, { ...job, begunAt: '2026-11-22T08:00:00.000Z', endedAt: null }]);
    expect(house.heard.map((it) => [it.method, it.request])).toEqual([[method, request]]);
  });
  it.each([
    ['/accounts/republish', '{"from": "x"}', 422],
    ['/accounts/republish', '{"from": 1.5}', 422],
    ['/accounts/republish', '{"until": "3"}', 400],
    ['/accounts/republish', '[]', 400],
    ['/accounts/republish', '{', 400],
    ['/accounts/republish:stop', '{"id": "3"}', 400],
    ['/accounts/republish:go', '', 404],
    ['/nobody/republish', '', 404],
    ['/nobody/republish', undefined, 404],
  ])('%s with %j is answered %d', async (path, body, status) => {
    const answered = await ask(path, body);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(house.heard).toEqual([]);
  });
  it('say what the service refuses', async () => {
    expect((await ask('/accounts/republish', '{"from": 7}')).status).toBe(409);
    expect((await ask('/accounts/republish')).status).toBe(404);
  });
  it('are for administrators', async () => {
    for (const [path, body] of [
      ['republish', ''],
      ['republish', undefined],
      ['republish:stop', ''],
    ] as const) {
      expect((await ask(`/accounts/${path}`, body, { authorization: '' })).status).toBe(401);
      expect((await ask(`/accounts/${path}`, body, { authorization: await bearer(house, ['AUDITOR']) })).status).toBe(403);
    }
  });
});
