import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type Answer, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const asOf = '2026-03-01T12:00:00.000Z';
const fresh = { asOf, lagMs: 0, staleReason: '' };
const names = ['accounts', 'interactions', 'complaints', 'loyalty'];

interface Section {
  state: string;
  asOf: string | null;
  lagMs: number | null;
  reason: string;
  data: Record<string, unknown> | null;
}
interface Page {
  accountId: string;
  asOf: string;
  sections: Record<string, Section>;
}

describe('the page of one customer', () => {
  let house: House;
  let authorization: string;
  let answers: Record<string, Answer>;
  let held: PromiseWithResolvers<object>;
  beforeAll(async () => {
    house = await openHouse((heard, call) => (answers[heard.service] ?? (() => ({ freshness: fresh, data: {} })))(heard, call), names);
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    held = Promise.withResolvers();
    house.heard.length = 0;
    answers = {};
  });
  afterEach(() => held.resolve({}));
  const ask = (account = id, token = authorization) => fetch(`${house.url}/v1/customers/${account}`, { headers: { authorization: token } });
  const page = async (token = authorization): Promise<Page> => {
    const answered = await ask(id, token);
    expect([answered.status, answered.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await answered.json()) as Page;
  };

  it('shows what every service knows, with all fields printed', async () => {
    answers['accounts'] = () => ({ freshness: fresh, data: { account: { accountId: id, displayName: '王小明' } } });
    const { accountId, sections } = await page();
    expect(accountId).toBe(id);
    expect(Object.keys(sections)).toEqual(['account', 'interactions', 'complaints', 'loyalty', 'privacy']);
    expect(sections['account']).toEqual({ state: 'OK', asOf, lagMs: 0, reason: '', data: expect.objectContaining({ contacts: [], recent: [] }) });
    expect(sections['account']?.data?.['account']).toMatchObject({ accountId: id, displayName: '王小明', tags: [], segmentId: '' });
    expect(sections['complaints']?.data).toEqual({ open: 0, total: 0, recent: [] });
    expect(new Set(house.heard.map((it) => it.service))).toEqual(new Set(names));
  });
  it('is as old as its oldest section', async () => {
    answers['loyalty'] = () => ({ freshness: { ...fresh, asOf: '2026-03-01T11:59:58.000Z', lagMs: 2_000 }, data: {} });
    const { asOf: oldest, sections } = await page();
    expect([oldest, sections['loyalty']?.state]).toEqual(['2026-03-01T11:59:58.000Z', 'OK']);
  });
  it('says UNAVAILABLE of a service that does not run here', async () => {
    const none = { state: 'UNAVAILABLE', asOf: null, lagMs: null, reason: 'service-unavailable', data: null };
    expect((await page()).sections['privacy']).toEqual(none);
  });
  it('says STALE with the reason where views do not follow, and still shows what they hold', async () => {
    answers['complaints'] = () => ({ freshness: { ...fresh, staleReason: 'view complaints: stopped at 7' }, data: { open: 3 } });
    answers['loyalty'] = () => ({ freshness: { ...fresh, lagMs: 5_001 }, data: {} });
    const { sections } = await page();
    expect(sections['complaints']).toMatchObject({ state: 'STALE', reason: 'view complaints: stopped at 7', data: { open: 3 } });
    expect(sections['loyalty']).toMatchObject({ state: 'STALE', lagMs: 5_001, reason: 'more than 5000 ms behind' });
  });
  it('stands within a second where services hang, fail or refuse', async () => {
    answers['accounts'] = () => held.promise;
    answers['interactions'] = () => {
      throw new Error('王小明');
    };
    answers['complaints'] = () => {
      throw new Rejection('forbidden', 'forbidden', 'Not to you.');
    };
    const began = performance.now();
    const { sections } = await page();
    expect(performance.now() - began).toBeLessThan(1_000);
    const states = Object.entries(sections).map(([name, { state, reason }]) => [name, state, reason]);
    expect(states.slice(0, 4)).toEqual([
      ['account', 'UNAVAILABLE', 'timeout'],
      ['interactions', 'UNAVAILABLE', 'internal'],
      ['complaints', 'WITHHELD', 'the service refuses it to this caller'],
      ['loyalty', 'OK', ''],
    ]);
  });
  it('is 404 where accounts knows no such account, whatever the others do', async () => {
    answers['accounts'] = () => {
      throw new Rejection('account-not-found', 'not-found', 'There is no account with this id.');
    };
    answers['loyalty'] = () => held.promise;
    const answered = await ask();
    expect([answered.status, await answered.json()]).toEqual([404, expect.objectContaining({ type: '/problems/account-not-found' })]);
  });
  it('withholds each section from a role that its rpc does not name, asks for none of them, and names the rule', async () => {
    const { sections } = await page(await bearer(house, ['SYSTEM_ADMIN']));
    expect(house.heard).toEqual([]);
    for (const section of Object.values(sections))
      expect(section).toEqual({
        state: 'WITHHELD',
        asOf: null,
        lagMs: null,
        reason: expect.stringMatching(/^needs one of the roles .*\bSALESPERSON\b/),
        data: null,
      });
  });
  it('asks in the name of the caller, with the id in lower case', async () => {
    await ask(id.toUpperCase());
    expect(house.heard[0]).toMatchObject({ method: 'GetCustomer', request: { accountId: id }, caller: { subject: 'op-1' } });
  });
  it.each([
    ['an id that is none', '/v1/customers/7', 422, 'invalid-request'],
    ['a parameter that nobody knows', `/v1/customers/${id}?purpose=x`, 400, 'filter-unknown'],
    ['an endless id', `/v1/customers/${'7'.repeat(600)}`, 404, 'no-such-address'],
  ])('refuses %s', async (_what, path, status, slug) => {
    const answered = await fetch(house.url + path, { headers: { authorization } });
    expect([answered.status, await answered.json()]).toEqual([status, expect.objectContaining({ type: `/problems/${slug}` })]);
    expect(house.heard).toEqual([]);
  });
  it('is for staff with a good token alone', async () => {
    expect((await ask(id, '')).status).toBe(401);
    expect((await ask(id, await bearer(house, ['CUSTOMER', 'SUBSCRIBER']))).status).toBe(403);
  });
  it('keeps standing when a service has gone', async () => {
    await house.end('accounts');
    const began = performance.now();
    const { sections } = await page();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(sections['account']).toMatchObject({ state: 'UNAVAILABLE', reason: 'service-unavailable', data: null });
    expect(sections['loyalty']?.state).toBe('OK');
  });
});
