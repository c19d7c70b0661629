import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type House } from './testing/house.js';

const generation = { view: 'account', generation: 1, version: 1, wantedVersion: 1, state: 'LIVE', done: '7', total: '9', rate: 0, reason: '' };

describe('the doors of rebuilds', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(({ method, request }) => {
      if (request['view'] === 'nothing') throw new Rejection('view-unknown', 'not-found', 'There is no such view.');
      if (request['view'] === 'paused') throw new Rejection('rebuild-waits', 'conflict', 'It is paused.');
      if (method !== 'CompareGenerations') return { generations: [generation] };
      return {
        live: 1,
        other: 2,
        position: '7',
        rows: '5',
        equal: '4',
        different: '1',
        differences: [{ key: 'a', kind: 'DIFFERENT', fields: ['b'] }],
      };
    });
    authorization = await bearer(house, ['SYSTEM_ADMIN']);
  });
  afterAll(() => house.close());
  beforeEach(() => void (house.heard.length = 0));
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${house.url}/v1/operations${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } });
  const post = (path: string, body?: string) =>
    ask(path, { method: 'POST', ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });

  it('list generations and compare them', async () => {
    const listed = await ask('/accounts/views');
    expect([listed.status, await listed.json()]).toEqual([200, { generations: [expect.objectContaining(generation)] }]);
    const compared = await ask('/accounts/views/account:compare?limit=7');
    expect(await compared.json()).toMatchObject({ rows: '5', missing: '0', differences: [{ key: 'a', kind: 'DIFFERENT', fields: ['b'] }] });
    expect(house.heard.map((it) => [it.method, it.request])).toEqual([
      ['ListGenerations', { view: '' }],
      ['CompareGenerations', { view: 'account', limit: 7 }],
    ]);
  });
  it.each([
    ['rebuild', 'BeginRebuild', undefined, { view: 'account', compare: false }],
    ['rebuild', 'BeginRebuild', '{"compare": true}', { view: 'account', compare: true }],
    ['pause', 'PauseRebuild', undefined, { view: 'account' }],
    ['resume', 'ResumeRebuild', '{}', { view: 'account' }],
    ['abort', 'AbortRebuild', '', { view: 'account' }],
    ['back', 'GoBack', undefined, { view: 'account' }],
  ])('%s asks %s of the service', async (verb, method, body, request) => {
    const answered = await post(`/accounts/views/account:${verb}`, body);
    expect([answered.status, ((await answered.json()) as { generations: object[] }).generations.length]).toEqual([200, 1]);
    expect(house.heard.map((it) => [it.method, it.request])).toEqual([[method, request]]);
  });
  it.each([
    ['/accounts/views/nothing:pause', undefined, 404, 'view-unknown'],
    ['/accounts/views/paused:rebuild', undefined, 409, 'rebuild-waits'],
    ['/nobody/views/account:pause', undefined, 404, 'service-unknown'],
    ['/accounts/views/account:explode', undefined, 404, 'no-such-address'],
    ['/accounts/views/account:pause', '{"for": "ever"}', 400, 'unknown-field'],
    ['/accounts/views/account:pause', '{"view": "other"}', 400, 'unknown-field'],
    ['/accounts/views/account:rebuild', '{"compare": "yes"}', 422, 'invalid-request'],
    ['/accounts/views/account:rebuild', '{', 400, 'unreadable'],
  ])('POST %s %s is answered %d %s', async (path, body, status, slug) => {
    const answered = await post(path, body);
    expect([answered.status, ((await answered.json()) as { type: string }).type.split('/').at(-1)]).toEqual([status, slug]);
  });
  it('are for administrators only, and know their methods and parameters', async () => {
    const salesperson = await bearer(house, ['SALESPERSON', 'AUDITOR']);
    for (const [path, method] of [
      ['/accounts/views', 'GET'],
      ['/accounts/views/account:compare', 'GET'],
      ...['rebuild', 'pause', 'resume', 'abort', 'back'].map((it) => [`/accounts/views/account:${it}`, 'POST']),
    ] as [string, string][])
      expect((await ask(path, { method, headers: { authorization: salesperson } })).status).toBe(403);
    expect((await ask('/accounts/views/account:pause')).status).toBe(405);
    expect((await ask('/accounts/views/account:compare?limit=0')).status).toBe(422);
    expect(house.heard).toEqual([]);
  });
});
