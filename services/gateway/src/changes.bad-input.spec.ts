import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { logger } from '@guanxi/service-kit/log';
import { GatewayConfig } from './gateway.config.js';
import { startGateway } from './gateway.js';
import { bearer, namespace, openHouse, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('bad input at the door of live changes', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(() => {
      throw new Rejection('account-not-found', 'not-found', 'There is no account with this id.');
    }, ['accounts']);
    authorization = await bearer(house);
  });
  afterAll(() => house.close());

  const ask = async (path: string, headers: Record<string, string> = {}, url = house.url) => {
    const answered = await fetch(`${url}/v1/customers/${path}`, { headers: { authorization, ...headers } });
    const problem = (await answered.json()) as { type: string; traceId: string };
    expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
    return [answered.status, problem.type.slice('/problems/'.length)];
  };

  it.each([
    ['no id', 'x/changes', 422, 'invalid-request'],
    ['an endless id', `${'7'.repeat(600)}/changes`, 404, 'no-such-address'],
    ['a parameter', `${id}/changes?since=1`, 400, 'filter-unknown'],
    ['an account that nobody knows', `${id}/changes`, 404, 'account-not-found'],
    ['a longer address', `${id}/changes/all`, 404, 'no-such-address'],
  ])('%s', async (_what, path, status, slug) => {
    expect(await ask(path)).toEqual([status, slug]);
  });
  it.each([
    ['words', 'latest'],
    ['a stranger’s service', 'billing=1.0000000a'],
    ['a service twice', 'accounts=1.0000000a,accounts=2.0000000a'],
    ['a negative position', 'accounts=-1.0000000a'],
    ['a position that is no exact number', 'accounts=9007199254740993.0000000a'],
    ['no epoch', 'accounts=1'],
    ['an empty part', 'accounts=1.0000000a,'],
    ['a name that objects have', '__proto__=1.0000000a'],
    ['too much', `accounts=1.0000000a${',loyalty=1.0000000a'.repeat(100)}`],
  ])('a Last-Event-ID of %s', async (_what, last) => {
    expect(await ask(`${id}/changes`, { 'last-event-id': last })).toEqual([400, 'last-event-id-unreadable']);
  });
  it('no token, a bad one, and one whose roles may not', async () => {
    expect(await ask(`${id}/changes`, { authorization: '' })).toEqual([401, 'unauthenticated']);
    expect(await ask(`${id}/changes`, { authorization: `${authorization}x` })).toEqual([401, 'unauthenticated']);
    expect(await ask(`${id}/changes`, { authorization: await bearer(house, ['CUSTOMER']) })).toEqual([403, 'forbidden']);
  });
  it('another method', async () => {
    for (const method of ['POST', 'HEAD', 'DELETE']) {
      const answered = await fetch(`${house.url}/v1/customers/${id}/changes`, { method, headers: { authorization } });
      expect([answered.status, answered.headers.get('allow')]).toEqual([405, 'GET']);
    }
  });
  it('a gateway without a token of its own', async () => {
    const config = Object.assign(new GatewayConfig(), { http: '127.0.0.1:0', peers: {}, namespace, ...house.issuer.options });
    const gateway = await startGateway(config, logger('gateway', 'silent'));
    expect(await ask(`${id}/changes`, {}, `http://127.0.0.1:${gateway.port}`)).toEqual([503, 'changes-not-served']);
    await gateway.stop();
  });
});
