import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const entry = {
  service: 'accounts',
  position: '7',
  time: '2026-03-01T12:00:00Z',
  type: 'guanxi.accounts.v1.OrderVoided',
  version: 3,
  data: { a: [1] },
};

describe('one stream of a service', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(({ request }) => {
      if (request['streamId'] !== id) throw new Rejection('stream-not-found', 'not-found', 'Nothing.');
      return { entries: [entry], more: true };
    });
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  const ask = async (path: string, token = authorization) => {
    const answered = await fetch(`${house.url}/v1/history/${path}`, { headers: { authorization: token } });
    return { status: answered.status, json: (await answered.json()) as Record<string, unknown> };
  };

  it('is asked of its service, and told with titles, printed whole', async () => {
    const { status, json } = await ask(`accounts/streams/${id}?after=2&limit=1`);
    expect([status, json]).toEqual([200, { entries: [expect.objectContaining({ position: '7', actor: '', data: { a: [1] } })], more: true }]);
    expect((json['entries'] as { title: string }[])[0]?.title).toMatch(/ · 订单已作废$/);
    expect(house.heard.at(-1)).toMatchObject({ service: 'accounts', method: 'ReadStream', request: { streamId: id, after: 2, limit: 1 } });
  });
  it.each([
    ['an id that nothing has', `accounts/streams/${id.replace('7', '8')}`, 404, 'stream-not-found'],
    ['an id that is none', 'accounts/streams/42', 404, 'stream-not-found'],
    ['a service that does not run here', `nobody/streams/${id}`, 404, 'service-unknown'],
    ['a version that is none', `accounts/streams/${id}?after=-1`, 422, 'invalid-request'],
    ['a parameter that nobody knows', `accounts/streams/${id}?asOf=1`, 400, 'filter-unknown'],
  ])('refuses %s', async (_what, path, status, slug) => {
    expect(await ask(path)).toMatchObject({ status, json: { type: `/problems/${slug}` } });
  });
  it('is for those who look after what others did', async () => {
    expect((await ask(`accounts/streams/${id}`, '')).status).toBe(401);
    expect((await ask(`accounts/streams/${id}`, await bearer(house, ['SALESPERSON', 'SYSTEM_ADMIN']))).status).toBe(403);
    expect((await ask(`accounts/streams/${id}`, await bearer(house, ['PRIVACY_OFFICER']))).status).toBe(200);
  });
});
