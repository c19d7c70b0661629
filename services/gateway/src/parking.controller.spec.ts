import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type House } from './testing/house.js';

const parked = {
  view: 'account',
  generation: 'account_v1_g1',
  live: true,
  key: 'a:b',
  position: '7',
  seq: '0',
  what: 'fold',
  error: 'TypeError',
  tries: 3,
};
const all = '/accounts/parked';

describe('the doors of parked keys', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(({ method, request }) => {
      if (request['view'] === 'nothing') throw new Rejection('view-unknown', 'not-found', 'There is no such view.');
      if (request['key'] === 'nobody') throw new Rejection('key-not-parked', 'not-found', 'No event of this key waits.');
      if (method === 'ListParked') return { parked: [parked], nextPageToken: 'more' };
      if (method === 'GetParked') return { parked: [parked], discarded: [] };
      if (method === 'RestartView') return { reason: 'TypeError at 7/0' };
      return { redriven: [{ view: 'account', key: 'a:b', folded: method === 'RedriveParked' }] };
    });
    authorization = await bearer(house, ['SYSTEM_ADMIN']);
  });
  afterAll(() => house.close());
  beforeEach(() => void (house.heard.length = 0));
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${house.url}/v1/operations${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } });
  const post = (path: string, body?: string) =>
    ask(path, { method: 'POST', ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });

  it('list them page by page, and show one', async () => {
    const listed = await ask(`${all}?view=account&pageSize=7&pageToken=t`);
    expect([listed.status, await listed.json()]).toEqual([200, { parked: [expect.objectContaining(parked)], nextPageToken: 'more' }]);
    expect(await (await ask(`${all}/account/a%3Ab`)).json()).toMatchObject({ parked: [parked], discarded: [] });
    expect(house.heard.map((it) => [it.method, it.request])).toEqual([
      ['ListParked', { view: 'account', pageSize: 7, pageToken: 't', orderBy: '' }],
      ['GetParked', { view: 'account', key: 'a:b' }],
    ]);
  });
  it.each([
    [`${all}:redrive`, undefined, 'RedriveParked', { view: '', key: '' }],
    [`${all}:redrive`, '{"view": "account"}', 'RedriveParked', { view: 'account', key: '' }],
    [`${all}/account/a%3Ab:redrive`, '{}', 'RedriveParked', { view: 'account', key: 'a:b' }],
    [`${all}/account/-:redrive`, undefined, 'RedriveParked', { view: 'account', key: '-' }],
    [`${all}/account/a%2Fb:discard`, '{"reason": "a test order"}', 'DiscardParked', { view: 'account', key: 'a/b', reason: 'a test order' }],
    ['/accounts/views/account:restart', undefined, 'RestartView', { view: 'account' }],
  ])('POST %s %s asks %s of the service', async (path, body, method, request) => {
    const answered = await post(path, body);
    expect([answered.status, await answered.json()]).toEqual([200, expect.anything()]);
    expect(house.heard.map((it) => [it.method, it.request])).toEqual([[method, request]]);
  });
  it.each([
    [`${all}/nothing/a:redrive`, undefined, 404, 'view-unknown'],
    [`${all}/account/nobody:redrive`, undefined, 404, 'key-not-parked'],
    ['/nobody/parked:redrive', undefined, 404, 'service-unknown'],
    [`${all}/account/a:explode`, undefined, 405, 'method-not-allowed'],
    [`${all}/account/a:discard`, undefined, 422, 'invalid-request'],
    [`${all}/account/a:discard`, '{"reason": "x", "because": "y"}', 400, 'unknown-field'],
    [`${all}/account/a:discard`, '{', 400, 'unreadable'],
    ['/accounts/views/nothing:restart', undefined, 404, 'view-unknown'],
  ])('POST %s %s is answered %d %s', async (path, body, status, slug) => {
    const answered = await post(path, body);
    expect([answered.status, ((await answered.json()) as { type: string }).type.split('/').at(-1)]).toEqual([status, slug]);
  });
  it('let data stewards look and administrators act, and know their parameters', async () => {
    const steward = { authorization: await bearer(house, ['DATA_STEWARD']) };
    const salesperson = { authorization: await bearer(house, ['SALESPERSON', 'AUDITOR']) };
    for (const path of [all, `${all}/account/a`]) {
      expect((await ask(path, { headers: steward })).status).toBe(200);
      expect((await ask(path, { headers: salesperson })).status).toBe(403);
    }
    house.heard.length = 0;
    for (const path of [`${all}:redrive`, `${all}/account/a:redrive`, `${all}/account/a:discard`, '/accounts/views/account:restart'])
      expect((await ask(path, { method: 'POST', headers: steward })).status).toBe(403);
    expect((await ask(`${all}?pageSize=x`)).status).toBe(422);
    expect((await ask(`${all}?vew=account`)).status).toBe(400);
    expect(house.heard).toEqual([]);
  });
});
