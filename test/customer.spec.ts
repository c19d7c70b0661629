import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChanges } from '../services/gateway/src/testing/changes.client.js';
import type { RunFile } from '../scripts/up/run-file.ts';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { secondGateway } from './second-gateway.ts';

type Json = Record<string, unknown>;
interface Page {
  accountId: string;
  asOf: string;
  sections: Record<string, { state: string; reason: string; data: Json | null }>;
}

const ref = { system: 'test', id: '王-1' };
const order = (n: number): Json => ({
  ...{ accountRef: ref, externalRef: { system: 'test', id: `o-${n}` }, orderedAt: '2026-03-01T00:00:00Z', currency: 'CNY' },
  lines: [{ product: '茶', quantity: '1', amountMinor: '1000' }],
});

describe('one customer before real services', () => {
  let folder: string;
  let house: House;
  let other: Awaited<ReturnType<typeof secondGateway>> | undefined;
  let authorization: string;
  let id: string;
  beforeAll(async () => {
    folder = newFolder();
    house = await startHouse(folder);
    other = await secondGateway(house);
    authorization = `Bearer ${script(folder, 'token').out.trim()}`;
    id = String((await post('/v1/accounts', { kind: 'PERSON', displayName: '王小明', externalRef: ref }))['id']);
  }, 180_000);
  afterAll(async () => {
    await other?.stop();
    house.signal('SIGTERM');
    await house.ended;
    removeFolder(folder);
  }, 60_000);

  const post = async (path: string, body: object, more: Record<string, string> = {}): Promise<Json> => {
    const headers = { authorization, 'content-type': 'application/json', ...more };
    const answered = await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([path, answered.ok]).toEqual([path, true]);
    return (await answered.json()) as Json;
  };
  const read = async (url = house.url): Promise<{ page: Page; ms: number }> => {
    const began = performance.now();
    const answered = await fetch(`${url}/v1/customers/${id}`, { headers: { authorization } });
    const page = (await answered.json()) as Page;
    expect(answered.status).toBe(200);
    return { page, ms: performance.now() - began };
  };
  const until = async (good: (page: Page) => boolean): Promise<Page> => {
    for (;;) {
      const { page } = await read();
      if (good(page)) return page;
      await sleep(100);
    }
  };
  const pidOf = (name: string): number => {
    const { processes } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunFile;
    return processes.find((it) => it.name === name)?.pid ?? 0;
  };
  const states = ({ sections }: Page): Record<string, string> => Object.fromEntries(Object.entries(sections).map(([name, it]) => [name, it.state]));
  const fine = { account: 'OK', interactions: 'OK', complaints: 'OK', loyalty: 'OK', privacy: 'OK' };
  const allFine = (page: Page): boolean => Object.values(states(page)).every((it) => it === 'OK');

  it('is shown by all five services, the same at each gateway', async () => {
    await post('/v1/memberships', { accountRef: ref });
    await post('/v1/orders', order(1));
    await post('/v1/complaints', { accountRef: ref, channel: 'PHONE', category: '质量', receivedAt: '2026-03-01T00:00:00Z', facts: '茶叶受潮' });
    await post(`/v1/accounts/${id}/opt-outs`, { optOut: 'DIRECT_MARKETING', on: true });
    const page = await until(({ sections: { account, loyalty } }) => {
      const points = loyalty?.data?.['points'] as Json | null;
      return (account?.data?.['account'] as Json | null)?.['openComplaints'] === 1 && points?.['balance'] === '10';
    });
    expect(states(page)).toEqual(fine);
    expect(page.sections['complaints']?.data).toMatchObject({ open: 1, total: 1 });
    expect(page.sections['privacy']?.data).toMatchObject({ optOuts: { directMarketing: { on: true } } });
    const get = async (path: string): Promise<Json> => (await (await fetch(house.url + path, { headers: { authorization } })).json()) as Json;
    expect(await get(`/v1/customers?q=${encodeURIComponent('王')}`)).toMatchObject({ customers: [{ accountId: id }] });
    expect((await get(`/v1/customers/${id}/timeline`))['entries']).toEqual(
      expect.arrayContaining([expect.objectContaining({ source: 'complaints' })]),
    );
    const [here, there] = await Promise.all([read(), read(other?.url)]);
    const data = ({ sections }: Page) => Object.values(sections).map((it) => it.data);
    expect(data(there.page)).toEqual(data(here.page));
  }, 60_000);

  it('became ACTUAL and earned points by the order, counts the complaint, and has both in the timeline (F6, F13)', async () => {
    const kinds = async (): Promise<unknown[]> => {
      const answered = await fetch(`${house.url}/v1/customers/${id}/timeline`, { headers: { authorization } });
      return ((await answered.json()) as { entries: { kind: string }[] }).entries.map((it) => it.kind).sort();
    };
    const expected = ['ACCOUNT_REGISTERED', 'COMPLAINT_RECEIVED', 'LIFECYCLE_CHANGED', 'MEMBER_ENROLLED', 'OPT_OUT_SET', 'ORDER_RECORDED'];
    for (const end = Date.now() + 15_000; (await kinds()).length < expected.length && Date.now() < end;) await sleep(100);
    expect(await kinds()).toEqual(expected);
    const { account, loyalty } = (await read()).page.sections;
    expect(account?.data?.['account']).toMatchObject({ lifecycle: 'ACTUAL', openComplaints: 1 });
    expect(loyalty?.data).toMatchObject({ membership: { status: 'ACTIVE' }, points: { earned: '10', lots: [{ points: '10' }] } });
  }, 60_000);

  it('stands within a second while a service is frozen, and is told of that and of its end', async () => {
    await until(allFine);
    const client = await openChanges(house.url, id, authorization);
    await client.until('ready');
    const pid = pidOf('loyalty');
    process.kill(pid, 'SIGSTOP');
    try {
      const { page, ms } = await read();
      expect([states(page), page.sections['loyalty']?.reason]).toEqual([{ ...fine, loyalty: 'UNAVAILABLE' }, 'timeout']);
      expect(ms).toBeLessThan(1_000);
      expect((await client.until('unavailable')).at(-1)?.data).toMatchObject({ service: 'loyalty' });
      await post('/v1/orders', order(2));
      expect((await client.until('account')).at(-1)?.data['type']).toBe('guanxi.accounts.v1.OrderRecorded');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const told = await client.until('loyalty');
    expect(told.map((it) => it.event)).toContain('available');
    expect(told.at(-1)?.data['type']).toBe('guanxi.loyalty.v1.PointsEarned');
    client.close();
  }, 60_000);

  it('stands within a second while a service is gone, also accounts, and is whole again when it is back', async () => {
    await until(allFine);
    process.kill(pidOf('accounts'), 'SIGKILL');
    const { page, ms } = await read();
    expect(states(page)).toEqual({ ...fine, account: 'UNAVAILABLE' });
    expect(ms).toBeLessThan(1_000);
    expect(states(await until(allFine))).toEqual(fine);
  }, 60_000);

  it('is followed on at another gateway from where the first one stopped', async () => {
    const first = await openChanges(house.url, id, authorization);
    await first.until('ready');
    // Nobody waits for the view here but the event.
    await post(`/v1/accounts/${id}:tag`, { tags: ['vip'] }, { prefer: 'respond-async' });
    await first.until('account');
    expect((await read()).page.sections['account']?.data?.['account']).toMatchObject({ tags: ['vip'] });
    first.close();
    await post(`/v1/accounts/${id}:untag`, { tags: ['vip'] });
    const again = await openChanges(other!.url, id, authorization, first.lastId());
    // It may tell first that accounts, which was killed before, is there again.
    const told = (await again.until('account')).filter((it) => it.data['type'] !== undefined);
    expect(told.map((it) => it.data['type'])).toEqual(['guanxi.accounts.v1.AccountUntagged']);
    again.close();
  }, 60_000);

  it('is changed once by a batch that is sent to two gateways at the same time', async () => {
    const lines = Array.from({ length: 60 }, (_, n) => ({
      command: 'guanxi.accounts.v1.RecordOrder',
      idempotencyKey: `b-${n}`,
      request: order(100 + n),
    }));
    const body = lines.map((it) => `${JSON.stringify(it)}\n`).join('');
    const send = async (url: string): Promise<{ ok: boolean; result?: Json }[]> => {
      const headers = { authorization, 'content-type': 'application/x-ndjson' };
      const text = await (await fetch(`${url}/v1/commands:batch`, { method: 'POST', headers, body })).text();
      return text
        .trim()
        .split('\n')
        .map((it) => JSON.parse(it) as { ok: boolean; result?: Json });
    };
    const [here, there] = await Promise.all([send(house.url), send(other!.url)]);
    expect(here.every((it) => it.ok)).toBe(true);
    expect(there.map((it) => it.result)).toEqual(here.map((it) => it.result));
    const { page } = await read();
    expect((page.sections['account']?.data?.['account'] as { trade: Json[] }).trade[0]).toMatchObject({ orders: 62, amountMinor: '62000' });
  }, 60_000);
});
