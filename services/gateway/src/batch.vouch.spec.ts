import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { verifier } from '@guanxi/service-kit/auth';
import { controllerOf } from '@guanxi/service-kit/controllers';
import { logger } from '@guanxi/service-kit/log';
import { testIssuer } from '@guanxi/service-kit/testing/issuer';
import { testServer, type TestServer } from '@guanxi/service-kit/testing/server';
import type { WireAnswer } from '@guanxi/service-kit/wire.line';
import { vouched } from './batch.vouch.js';
import { GatewayConfig } from './gateway.config.js';
import { startGateway, type RunningGateway } from './gateway.js';
import type { CallHeaders } from './peers.js';
import { line, openBatch } from './testing/batch.client.js';
import { bearer, committed, namespace } from './testing/house.js';

const anHour = 3_600_000;
const register = (n: number) => line('accounts.v1.RegisterAccount', `r-${n}`, { kind: 'PERSON', displayName: `Customer ${n}` });

describe('a batch', () => {
  let service: TestServer;
  let gateway: RunningGateway;
  let url: string;
  let authorization: string;
  let subjects: string[];
  let ahead: number;
  const ownToken = () => service.issuer.token({ sub: 'service:gateway', kind: 'SYSTEM', exp: Math.floor((Date.now() + 20 * anHour) / 1000) });
  beforeAll(async () => {
    const issuer = await testIssuer();
    const accounts = controllerOf(AccountCommands, async (_kit, _method, _request, { subject }) => {
      subjects.push(subject);
      return committed;
    });
    service = await testServer([accounts], { verify: verifier(issuer.options, () => Date.now() + ahead) }, issuer);
    const serviceTokenFile = join(dirname(issuer.options.jwks), 'gateway.jwt');
    await writeFile(serviceTokenFile, await ownToken());
    const config = { http: '127.0.0.1:0', peers: { accounts: service.address }, namespace, ...issuer.options, serviceTokenFile, log: 'silent' };
    gateway = await startGateway(Object.assign(new GatewayConfig(), config), logger('gateway', 'silent'));
    url = `http://127.0.0.1:${gateway.port}`;
    // Good for ten minutes.
    authorization = await bearer(service);
  });
  afterAll(async () => {
    await gateway.stop();
    await service.close();
  });
  beforeEach(() => {
    ahead = 0;
    subjects = [];
  });

  it('whose token expires half-way goes on to the end', async () => {
    const { request, answers } = openBatch(url, authorization);
    request.write(`${register(1)}\n`);
    expect((await answers.next()).value).toMatchObject({ line: 1, ok: true });
    ahead = anHour;
    request.end(Array.from({ length: 50 }, (_, n) => register(n + 2)).join('\n'));
    for (let n = 2; n <= 51; n++) expect((await answers.next()).value).toMatchObject({ line: n, ok: true });
    expect(subjects).toEqual(Array.from({ length: 51 }, () => 'op-1'));
  });
  it('gives no other request more time', async () => {
    ahead = anHour;
    const headers = {
      authorization,
      'content-type': 'application/json',
      'authorized-at': new Date().toISOString(),
      'gateway-authorization': `Bearer ${await ownToken()}`,
    };
    const body = JSON.stringify({ kind: 'PERSON', displayName: 'Customer' });
    const response = await fetch(`${url}/v1/accounts`, { method: 'POST', headers: { ...headers, 'idempotency-key': 'k' }, body });
    expect(response.status).toBe(401);
    expect(subjects).toEqual([]);
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
