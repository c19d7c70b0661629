import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Source } from '@guanxi/event-sourcing/view';
import { logger } from '@guanxi/service-kit/log';
import { accounts, queries } from '../services/accounts/src/accounts.module.js';
import { GatewayConfig } from '../services/gateway/src/gateway.config.js';
import { startGateway, type RunningGateway } from '../services/gateway/src/gateway.js';
import { namespace, testService, type TestService } from './service.js';

type Json = Record<string, unknown>;
interface Page {
  readonly sections: { readonly account: { readonly state: string; readonly reason: string; readonly data: { readonly account: Json } } };
}

/** The build that cannot fold a name, until it is mended. */
let mended = false;
const spoilt = (source: Source): Source => {
  const fold = source.folds['profileUpdated'];
  if (!fold) return source;
  const careful: typeof fold = (row, event, meta) => {
    if (!mended && (event as Json)['displayName'] === '毒药') throw new TypeError('cannot read 毒药');
    return fold(row, event, meta);
  };
  return { ...source, folds: { ...source.folds, profileUpdated: careful } };
};
const definition = {
  ...accounts,
  views: accounts.views.map((it) => (it.options.table === 'accounts' ? { ...it, sources: it.sources.map(spoilt) } : it)),
};

describe('an event that a build cannot fold', () => {
  let service: TestService;
  let gateway: RunningGateway;
  let folder: string;
  let authorization: string;
  beforeAll(async () => {
    service = await testService(definition, queries);
    const { issuer, address } = service.place;
    folder = await mkdtemp(join(tmpdir(), 'guanxi-parked-'));
    const serviceTokenFile = join(folder, 'token');
    await writeFile(serviceTokenFile, await issuer.token({ sub: 'service:gateway', kind: 'SYSTEM', roles: ['SUBSCRIBER'] }));
    const config = { http: '127.0.0.1:0', peers: { accounts: address }, namespace, serviceTokenFile, ...issuer.options, log: 'silent' };
    gateway = await startGateway(Object.assign(new GatewayConfig(), config), logger('gateway', 'silent'));
    authorization = await issuer.bearer({ sub: 'op-3', roles: ['SYSTEM_ADMIN', 'SALESPERSON', 'DATA_STEWARD'] });
  }, 60_000);
  afterAll(async () => {
    await gateway.stop();
    await service.stop();
    await rm(folder, { recursive: true });
  });

  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; answer: Json }> => {
    const answered = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answered.status, answer: (await answered.json()) as Json };
  };
  const register = async (displayName: string): Promise<string> =>
    String((await ask('POST', '/v1/accounts', { kind: 'PERSON', displayName })).answer['id']);
  const rename = (id: string, displayName: string) => ask('POST', `/v1/accounts/${id}:updateProfile`, { displayName });
  const accountOf = async (id: string) => {
    const { account } = ((await ask('GET', `/v1/customers/${id}`)).answer as unknown as Page).sections;
    return { state: account.state, reason: account.reason, name: account.data.account['displayName'] };
  };
  /** `npm run parked` as an operator elsewhere would call it. */
  const command = (...args: string[]): Promise<{ code: unknown; out: string }> => {
    const GUANXI_TOKEN = authorization.slice('Bearer '.length);
    const env = { ...process.env, GUANXI_URL: `http://127.0.0.1:${gateway.port}`, GUANXI_TOKEN };
    return new Promise((resolve) =>
      execFile(process.execPath, ['--no-warnings', join(import.meta.dirname, '../scripts/parked.ts'), ...args], { env }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, out: `${out}${err}` }),
      ),
    );
  };
  const parked = async (): Promise<Json[]> => (await ask('GET', '/v1/operations/accounts/parked')).answer['parked'] as Json[];
  const whenParked = async (): Promise<void> => {
    for (const end = Date.now() + 15_000; (await parked()).length === 0; await sleep(50)) if (Date.now() > end) throw new Error('not parked');
  };

  it('parks one customer, who shows as stale; the others go on; redriven by the mended build, nothing was ever wrong', async () => {
    const [poisoned, other] = [await register('王小明'), await register('李小红')];
    expect((await rename(poisoned, '毒药')).status).toBe(200);
    expect((await rename(poisoned, '王大明')).status).toBe(200);
    await whenParked();
    const [pointer, ...none] = await parked();
    expect(none).toEqual([]);
    expect(pointer).toMatchObject({ view: 'accounts', live: true, key: poisoned, customerId: poisoned, what: 'fold', error: 'TypeError', tries: 3 });
    expect(JSON.stringify(pointer)).not.toContain('毒药');
    expect(await accountOf(poisoned)).toEqual({ state: 'STALE', reason: 'parked', name: '王小明' });
    await rename(other, '李大红');
    expect(await accountOf(other)).toEqual({ state: 'OK', reason: '', name: '李大红' });
    const { answer: health } = await ask('GET', '/health/ready');
    expect(health['parts']).toContainEqual(expect.objectContaining({ name: 'accounts/view accounts', ready: true, reason: '1 key parked' }));

    const listed = await command('accounts');
    expect(listed).toEqual({
      code: 0,
      out: expect.stringMatching(new RegExp(`accounts +accounts +${poisoned} +ProfileUpdated +3 +fold +TypeError +3 `)),
    });
    expect((await command('accounts', 'show', 'accounts', poisoned)).out).toContain('passes over everything from event 3 on');
    expect(await command('accounts', 'redrive', '--json')).toEqual({
      code: 2,
      out: `${JSON.stringify({ redriven: [{ view: 'accounts', key: poisoned, folded: false }] })}\n`,
    });
    expect((await command('accounts', 'discard', 'accounts', poisoned)).out).toContain('--reason');
    expect(await command('accounts', 'restart', 'accounts')).toEqual({ code: 0, out: 'It had not stopped.\n' });

    const redrive = `/v1/operations/accounts/parked/accounts/${poisoned}:redrive`;
    expect((await ask('POST', redrive)).answer).toEqual({ redriven: [{ view: 'accounts', key: poisoned, folded: false }] });
    mended = true;
    expect((await ask('POST', redrive)).answer).toEqual({ redriven: [{ view: 'accounts', key: poisoned, folded: true }] });
    expect(await accountOf(poisoned)).toEqual({ state: 'OK', reason: '', name: '王大明' });
    expect((await ask('POST', redrive)).status).toBe(404);
    expect(await parked()).toEqual([]);
    expect(await command('accounts', 'list')).toEqual({ code: 0, out: 'Nothing is parked.\n' });
  }, 60_000);

  it('is passed over for good where somebody discards it, with a reason that is kept', async () => {
    mended = false;
    const id = await register('赵一');
    await rename(id, '毒药');
    await ask('POST', `/v1/accounts/${id}:tag`, { tags: ['VIP'] });
    await whenParked();
    const { status, answer } = await ask('POST', `/v1/operations/accounts/parked/accounts/${id}:discard`, { reason: 'a test' });
    expect([status, answer]).toEqual([200, { redriven: [{ view: 'accounts', key: id, folded: true }] }]);
    expect(await accountOf(id)).toEqual({ state: 'OK', reason: '', name: '赵一' });
    const { discarded } = (await ask('GET', `/v1/operations/accounts/parked/accounts/${id}`)).answer as { discarded: Json[] };
    expect(discarded).toMatchObject([{ reason: 'a test', actor: 'op-3', type: 'guanxi.accounts.v1.ProfileUpdated' }]);
  }, 60_000);
});
