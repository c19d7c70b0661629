import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { WireAnswer } from '@guanxi/service-kit/wire.line';
import { vouched } from './batch.vouch.js';
import type { CallHeaders } from './peers.js';
import { line, openBatch } from './testing/batch.client.js';
import { bearer, committed, openHouse, type House } from './testing/house.js';

const anHour = 3_600_000;
const register = (n: number) => line('accounts.v1.RegisterAccount', `r-${n}`, { kind: 'PERSON', displayName: `Customer ${n}` });

describe('a batch', () => {
  let house: House;
  let authorization: string;
  let ahead: number;
  beforeAll(async () => {
    house = await openHouse(
      () => committed,
      ['accounts'],
      () => Date.now() + ahead,
    );
    // Good for ten minutes.
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    ahead = 0;
    house.heard.length = 0;
  });

  it('whose token expires half-way goes on to the end', async () => {
    const { request, answers } = openBatch(house.url, authorization);
    request.write(`${register(1)}\n`);
    expect((await answers.next()).value).toMatchObject({ line: 1, ok: true });
    ahead = anHour;
    request.end(Array.from({ length: 50 }, (_, n) => register(n + 2)).join('\n'));
    for (let n = 2; n <= 51; n++) expect((await answers.next()).value).toMatchObject({ line: n, ok: true });
    expect(new Set(house.heard.map((it) => it.caller['subject']))).toEqual(new Set(['op-1']));
  });
  it('gives no other request more time', async () => {
    ahead = anHour;
    const headers = {
      authorization,
      'content-type': 'application/json',
      'authorized-at': new Date().toISOString(),
      'gateway-authorization': await house.issuer.bearer({ sub: 'service:gateway', kind: 'SYSTEM', exp: Math.floor(Date.now() / 1000) + 7_200 }),
    };
    const body = JSON.stringify({ kind: 'PERSON', displayName: 'Customer' });
    const response = await fetch(`${house.url}/v1/accounts`, { method: 'POST', headers: { ...headers, 'idempotency-key': 'k' }, body });
    expect(response.status).toBe(401);
    expect(house.heard).toEqual([]);
  });
});

describe('the calls of a batch', () => {
  const answer: WireAnswer = { body: new Uint8Array(), metadata: {} };
  it('carry no word of the gateway while the token is good, and each one once it is not', async () => {
    const sent: CallHeaders[] = [];
    let good = true;
    const call = vouched(
      async (_service, _path, _body, headers) => {
        sent.push(headers);
        if (!good && !headers['authorized-at']) throw new Rejection('unauthenticated', 'unauthenticated', 'No.');
        return answer;
      },
      async () => 'Bearer own',
      new Date(0),
    );
    const one = () => call('accounts', '/x/Y', new Uint8Array(), { authorization: 'Bearer caller' });
    await one();
    good = false;
    await Promise.all([one(), one()]);
    await one();
    const plain = { authorization: 'Bearer caller' };
    const word = { ...plain, 'authorized-at': '1970-01-01T00:00:00.000Z', 'gateway-authorization': 'Bearer own' };
    expect(sent).toEqual([plain, plain, plain, word, word, word]);
  });
  it('fail where the gateway’s word does not help', async () => {
    const refused = new Rejection('unauthenticated', 'unauthenticated', 'No.');
    let calls = 0;
    const call = vouched(
      () => (calls++, Promise.reject(refused)),
      async () => '',
    );
    await expect(call('accounts', '/x/Y', new Uint8Array(), {})).rejects.toBe(refused);
    expect(calls).toBe(2);
  });
});
