import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { openChanges, type ChangesClient } from './testing/changes.client.js';
import { HistoryModel } from './testing/history.model.js';
import { bearer, openHouse, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const other = '01890a5d-ac96-774b-bcce-b302099a8058';

describe('the changes of one customer', () => {
  let house: House;
  let authorization: string;
  let accounts: HistoryModel;
  let loyalty: HistoryModel;
  const clients: ChangesClient[] = [];
  beforeEach(async () => {
    [accounts, loyalty] = [new HistoryModel('accounts'), new HistoryModel('loyalty')];
    const histories: Record<string, HistoryModel> = { accounts, loyalty };
    house = await openHouse(
      ({ service, method, request }) => {
        if (method === 'ReadEvents') return histories[service]!.read(request);
        if (request['accountId'] === other) throw new Rejection('account-not-found', 'not-found', 'There is no account with this id.');
        return { data: {} };
      },
      ['accounts', 'loyalty'],
    );
    authorization = await bearer(house);
    accounts.append(id, 'AccountRegistered', { customer: other });
  });
  afterEach(async () => {
    clients.splice(0).forEach((it) => it.close());
    accounts.stopping = loyalty.stopping = true;
    await house.close();
  });
  const open = async (last?: string, url = house.url, token = authorization): Promise<ChangesClient> => {
    const client = await openChanges(url, id, token, last);
    clients.push(client);
    return client;
  };
  const opened = async (last?: string, url?: string): Promise<ChangesClient> => {
    const client = await open(last, url);
    await client.until('ready');
    return client;
  };

  it('begin by saying from where on nothing is missed, and which sections can be followed', async () => {
    const client = await open();
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('cache-control')).toBe('no-store');
    expect(await client.next()).toEqual({
      event: 'ready',
      id: 'accounts=1.0000000a,loyalty=0.0000000a',
      data: { sections: { account: 'OK', interactions: 'UNAVAILABLE', complaints: 'UNAVAILABLE', loyalty: 'OK', privacy: 'UNAVAILABLE' } },
    });
  });
  it('are told one by one, by section, without what they say', async () => {
    const client = await opened();
    loyalty.append(other, 'PointsEarned');
    accounts.append(id, 'ProfileUpdated', { displayName: '王小明' });
    const data = {
      service: 'accounts',
      section: 'account',
      type: 'guanxi.accounts.v1.ProfileUpdated',
      position: '2',
      time: '2026-03-01T12:00:00.000Z',
    };
    expect(await client.next()).toEqual({ event: 'account', id: expect.stringContaining('accounts=2.'), data });
    loyalty.append(id, 'PointsEarned');
    expect(await client.next()).toMatchObject({ event: 'loyalty', id: 'accounts=2.0000000a,loyalty=2.0000000a' });
  });
  it('go on after the last id, also at another gateway, with nothing missed and nothing twice', async () => {
    const client = await opened();
    accounts.append(id, 'AccountTagged');
    const first = await client.next();
    client.close();
    accounts.append(id, 'AccountUntagged');
    loyalty.append(other, 'PointsEarned');
    loyalty.append(id, 'PointsEarned');
    const again = await opened(first?.id, await house.another());
    accounts.append(id, 'ProfileUpdated');
    const types = new Set([(await again.next())?.data['type'], (await again.next())?.data['type'], (await again.next())?.data['type']]);
    expect(types).toEqual(new Set(['guanxi.accounts.v1.AccountUntagged', 'guanxi.loyalty.v1.PointsEarned', 'guanxi.accounts.v1.ProfileUpdated']));
    expect(again.lastId()).toBe('accounts=4.0000000a,loyalty=2.0000000a');
  });
  it('that are many are all told to who comes back', async () => {
    const client = await opened();
    client.close();
    for (let n = 0; n < 2_500; n++) accounts.append(id, 'AccountTagged');
    const again = await opened(client.lastId());
    const positions: unknown[] = [];
    while (positions.length < 2_500) positions.push((await again.next())?.data['position']);
    expect(positions).toEqual(Array.from({ length: 2_500 }, (_, n) => String(n + 2)));
  });
  it('of a service that is away are told when it is back', async () => {
    const client = await opened();
    loyalty.away = true;
    expect(await client.next()).toMatchObject({ event: 'unavailable', data: { service: 'loyalty', section: 'loyalty', reason: 'stopping' } });
    accounts.append(id, 'AccountTagged');
    expect(await client.next()).toMatchObject({ event: 'account' });
    loyalty.away = false;
    const began = performance.now();
    expect(await client.next()).toMatchObject({ event: 'available', data: { service: 'loyalty', section: 'loyalty' } });
    expect(performance.now() - began).toBeLessThan(2_500);
    loyalty.append(id, 'PointsEarned');
    expect(await client.next()).toMatchObject({ event: 'loyalty', data: { position: '1' } });
  });
  it('of a service that was away at the beginning are told from its return on', async () => {
    loyalty.away = true;
    const client = await open();
    expect(await client.next()).toMatchObject({ id: 'accounts=1.0000000a', data: { sections: { account: 'OK', loyalty: 'UNAVAILABLE' } } });
    loyalty.append(id, 'MemberEnrolled');
    loyalty.away = false;
    expect(await client.next()).toMatchObject({ event: 'available', id: 'accounts=1.0000000a,loyalty=1.0000000a' });
    loyalty.append(id, 'PointsEarned');
    expect(await client.next()).toMatchObject({ event: 'loyalty', data: { position: '2' } });
  });
  it('begin anew at a restore, for who follows and for who comes back', async () => {
    for (let n = 0; n < 5; n++) accounts.append(id, 'AccountTagged');
    const [client, gone] = [await opened(), await opened()];
    gone.close();
    accounts.restore(3);
    accounts.append(id, 'AccountUntagged');
    expect(await client.next()).toMatchObject({
      event: 'reset',
      id: expect.stringContaining('accounts=4.0000000b'),
      data: { reason: 'epoch-changed' },
    });
    accounts.append(id, 'ProfileUpdated');
    expect(await client.next()).toMatchObject({ event: 'account', data: { position: '5' } });
    const back = await opened(gone.lastId());
    expect(await back.next()).toMatchObject({ event: 'reset', data: { section: 'account', reason: 'epoch-changed' } });
  });
  it.each([
    ['far behind', 'too-far-behind', 'accounts=1.0000000a', 250_001],
    ['ahead of all that there is', 'position-unknown', 'accounts=9000000.0000000a', 0],
  ])('begin anew for who is %s', async (_what, reason, last, passed) => {
    accounts.pass(passed);
    const client = await opened(last);
    expect(await client.next()).toMatchObject({
      event: 'reset',
      id: expect.stringContaining(`accounts=${1 + passed}.`),
      data: { section: 'account', reason },
    });
  });
  it('are read once for all who watch, slowly while nothing happens, and not at all when nobody watches', async () => {
    await Promise.all([opened(), opened(), opened()]);
    await sleep(1_000);
    expect(accounts.asked).toBeLessThanOrEqual(3);
    clients.splice(0).forEach((it) => it.close());
    accounts.append(other, 'AccountTagged');
    await sleep(1_200);
    const { asked } = accounts;
    accounts.append(other, 'AccountTagged');
    await sleep(1_200);
    expect(accounts.asked).toBe(asked);
  });
  it('of a section are told to nobody whose roles may not see it', async () => {
    const client = await open(undefined, house.url, await bearer(house, ['SYSTEM_ADMIN']));
    expect((await client.next())?.data['sections']).toMatchObject({ account: 'WITHHELD', loyalty: 'WITHHELD' });
    expect(accounts.asked).toBe(0);
  });
  it('end with the token, with a word', async () => {
    const now = Math.floor(Date.now() / 1000);
    const token = await house.issuer.bearer({ roles: ['SALESPERSON'], iat: now - 60, exp: now + 2 });
    const client = await open(undefined, house.url, token);
    expect((await client.until('token-expired')).map((it) => it.event)).toEqual(['ready', 'token-expired']);
    expect(await client.next()).toBeUndefined();
  });
  it('end when the gateway stops', async () => {
    const client = await opened();
    const began = performance.now();
    const [last] = await Promise.all([client.next(), house.gateway.stop()]);
    expect([last, performance.now() - began < 6_500]).toEqual([undefined, true]);
  });
});
