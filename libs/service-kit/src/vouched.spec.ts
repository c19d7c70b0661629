import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verifier, type Verify } from './auth.js';
import { testIssuer, type Issuer } from './testing/issuer.js';
import { verifyCall } from './vouched.js';

const start = Math.floor(Date.now() / 1000);
const at = (seconds: number): string => new Date((start + seconds) * 1000).toISOString();
const gateway = { sub: 'service:gateway', kind: 'SYSTEM', exp: start + 20 * 3600 };

describe('a call whose token has expired', () => {
  let issuer: Issuer;
  let expired: string;
  let seconds: number;
  let looks: number;
  let check: ReturnType<typeof verifyCall>;
  beforeAll(async () => {
    issuer = await testIssuer();
    expired = await issuer.bearer({ sub: 'op-7', exp: start + 60 });
  });
  beforeEach(() => {
    seconds = 3600;
    looks = 0;
    const clock = (): number => (start + seconds) * 1000;
    const verify = verifier(issuer.options, clock);
    const counted: Verify = (...all) => {
      looks++;
      return verify(...all);
    };
    check = verifyCall(counted, clock);
  });
  const call = (headers: Record<string, string>) => check({ get: (name) => (headers[name] === undefined ? [] : [headers[name]]) });
  const refused = { slug: 'unauthenticated', kind: 'unauthenticated' };

  it('is believed as of the time when its batch began, if the gateway says so', async () => {
    const headers = { authorization: expired, 'authorized-at': at(30), 'gateway-authorization': await issuer.bearer(gateway) };
    await expect(call(headers)).resolves.toMatchObject({ subject: 'op-7' });
    seconds = 3 * 3600;
    await expect(call(headers)).resolves.toMatchObject({ subject: 'op-7' });
  });

  const forged: Record<string, () => Promise<Record<string, string>>> = {
    'nobody’s word': async () => ({}),
    'only its own': async () => ({ 'authorized-at': at(30) }),
    'its own token as the gateway’s': async () => ({ 'authorized-at': at(30), 'gateway-authorization': expired }),
    'an operator’s': async () => ({ 'authorized-at': at(30), 'gateway-authorization': await issuer.bearer({ exp: start + 7200 }) }),
    'another service’s': async () => ({
      'authorized-at': at(30),
      'gateway-authorization': await issuer.bearer({ ...gateway, sub: 'service:accounts' }),
    }),
    'somebody’s with the gateway’s name': async () => ({
      'authorized-at': at(30),
      'gateway-authorization': await issuer.bearer({ ...gateway, kind: 'OPERATOR' }),
    }),
    'the gateway’s whose token has expired too': async () => ({
      'authorized-at': at(30),
      'gateway-authorization': await issuer.bearer({ ...gateway, exp: start + 60 }),
    }),
  };
  const times: Record<string, string> = {
    'no time': '',
    'a time after it had expired': at(120),
    'a time before it was issued': at(-60),
    'a time to come': at(7200),
    'words for a time': 'yesterday',
    'a time that is not RFC 3339': new Date((start + 30) * 1000).toUTCString(),
  };
  it.each(Object.keys(forged))('is refused on %s', async (name) => {
    await expect(call({ authorization: expired, ...(await forged[name]!()) })).rejects.toMatchObject(refused);
  });
  it.each(Object.keys(times))('is refused with %s', async (name) => {
    const word = { 'authorized-at': times[name]!, 'gateway-authorization': await issuer.bearer(gateway) };
    await expect(call({ authorization: expired, ...word })).rejects.toMatchObject(refused);
  });
  it('is refused a day after its batch began', async () => {
    const later = await issuer.bearer({ ...gateway, iat: start + 80_000, exp: start + 100_000 });
    const headers = { authorization: expired, 'authorized-at': at(30), 'gateway-authorization': later };
    seconds = 86_400 + 29;
    await expect(call(headers)).resolves.toMatchObject({ subject: 'op-7' });
    seconds = 86_400 + 31;
    await expect(call(headers)).rejects.toMatchObject(refused);
  });
  it('is refused where something else is wrong with it', async () => {
    const word = { 'authorized-at': at(30), 'gateway-authorization': await issuer.bearer(gateway) };
    const [stranger, other] = [await (await testIssuer()).bearer({ exp: start + 60 }), await issuer.bearer({ exp: start + 60, aud: 'billing' })];
    for (const authorization of [stranger, other, '', `${expired}x`]) await expect(call({ authorization, ...word })).rejects.toMatchObject(refused);
  });
  it('costs one look while the token is good, whatever is said of it', async () => {
    seconds = 30;
    await call({ authorization: expired, 'authorized-at': at(10), 'gateway-authorization': 'Bearer nonsense' });
    expect(looks).toBe(1);
  });
});
