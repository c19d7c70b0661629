import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';

type Json = Record<string, unknown>;
interface Page {
  asOf: string;
  sections: Record<string, { state: string; asOf: string; data: Json }>;
}

const stranger = '01890a5d-ac96-774b-bcce-b302099a8057';
const ref = (id: string): Json => ({ system: 'test', id });
const order = (who: string, id: string): Json => ({
  ...{ accountRef: ref(who), externalRef: ref(id), orderedAt: '2026-03-01T00:00:00Z', currency: 'CNY' },
  lines: [{ product: '茶', quantity: '2', amountMinor: '25000' }],
});

describe('earlier moments before real services', () => {
  let folder: string;
  let house: House;
  let authorization: string;
  const ids: string[] = [];
  /** The page of each customer as it was, and when. */
  const then: { time: string; pages: Page[] }[] = [];

  const post = async (path: string, body: object): Promise<Json> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answered = await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const json = (await answered.json()) as Json;
    expect([path, answered.ok, answered.ok || json]).toEqual([path, true, true]);
    return json;
  };
  const read = async <T = Json>(path: string): Promise<{ status: number; headers: Headers; json: T }> => {
    for (;;) {
      const answered = await fetch(house.url + path, { headers: { authorization } });
      const json = (await answered.json()) as T;
      // A machine that is busy with other tests may need another try.
      if (answered.status === 503) await sleep(1_000);
      else return { status: answered.status, headers: answered.headers, json };
    }
  };
  const page = async (id: string, query = ''): Promise<Page> => {
    for (;;) {
      const { json } = await read<Page>(`/v1/customers/${id}${query}`);
      if (Object.values(json.sections).every((it) => it.state === 'OK')) return json;
      await sleep(200);
    }
  };
  const dataOf = ({ sections }: Page): Json => Object.fromEntries(Object.entries(sections).map(([name, { data }]) => [name, data]));
  /** Waits until nothing changes any more, and keeps what is there. */
  const keep = async (): Promise<void> => {
    let [before, now] = ['', ''];
    let pages: Page[] = [];
    do {
      before = now;
      await sleep(700);
      pages = await Promise.all(ids.map((id) => page(id)));
      now = JSON.stringify(pages.map(dataOf));
    } while (before !== now);
    then.push({ time: new Date(Date.now() - 20).toISOString(), pages });
    await sleep(50);
  };

  beforeAll(async () => {
    folder = newFolder();
    house = await startHouse(folder);
    authorization = `Bearer ${script(folder, 'token').out.trim()}`;
    for (const who of ['王-1', '李-2'])
      ids.push(String((await post('/v1/accounts', { kind: 'PERSON', displayName: who, externalRef: ref(who) }))['id']));
    const [first = '', second = ''] = ids;
    await post('/v1/memberships', { accountRef: ref('王-1') });
    const { id: orderId } = await post('/v1/orders', order('王-1', 'o-1'));
    const { id: contactId } = await post('/v1/contacts', { accountId: first, name: '赵敏', phones: ['+8613800000001'] });
    const complaint = { accountRef: ref('王-1'), channel: 'PHONE', category: '质量', receivedAt: '2026-03-01T00:00:00Z', facts: '茶叶受潮' };
    await post('/v1/complaints', complaint);
    await keep();
    // The contact's first events name the first customer alone.
    await post(`/v1/contacts/${String(contactId)}:link`, { accountId: second, position: '顾问' });
    await post(`/v1/accounts/${second}/opt-outs`, { optOut: 'DIRECT_MARKETING', on: true });
    await post('/v1/orders', order('李-2', 'o-2'));
    await post(`/v1/orders/${String(orderId)}:void`, { reason: '重复' });
    const talk = { accountRef: ref('李-2'), type: 'CALL', channel: 'PHONE', direction: 'INBOUND', startedAt: '2026-03-02T00:00:00Z', durationS: 60 };
    await post('/v1/interactions', talk);
    await keep();
    await post(`/v1/contacts/${String(contactId)}:void`, { reason: '有误' });
    await post(`/v1/accounts/${first}:tag`, { tags: ['vip'] });
    await keep();
  }, 240_000);
  afterAll(async () => {
    house.signal('SIGTERM');
    await house.ended;
    removeFolder(folder);
  }, 60_000);

  it('show the page of a customer as it was at each of them', async () => {
    for (const { time, pages } of then)
      for (const [n, id] of ids.entries()) {
        const now = await page(id, `?asOf=${time}`);
        expect(now.asOf).toBe(time);
        expect(Object.values(now.sections).map((it) => it.asOf)).toEqual([time, time, time, time, time]);
        expect(dataOf(now)).toEqual(dataOf(pages[n]!));
      }
  }, 120_000);
  it('show in a list, which is folded from everybody’s events, what the page shows from one customer’s', async () => {
    for (const { time, pages } of then)
      for (const [n, id] of ids.entries()) {
        const { account, contacts } = pages[n]!.sections['account']!.data as { account: Json; contacts: Json[] };
        expect((await read(`/v1/accounts/${id}?asOf=${time}`)).json).toEqual(account);
        expect((await read(`/v1/accounts/${id}/contacts?active=true&asOf=${time}`)).json['contacts']).toEqual(contacts);
        const { recent } = pages[n]!.sections['complaints']!.data;
        expect((await read(`/v1/complaints?accountId=${id}&asOf=${time}`)).json['complaints']).toEqual(recent);
      }
  }, 120_000);
  it('answer summaries and searches too, with the moment in the headers', async () => {
    const { json, headers } = await read<{ total: number }>(`/v1/accounts:summary?asOfPosition=1`);
    expect([json.total, headers.get('as-of-position'), headers.get('as-of')]).toEqual([1, '1', expect.stringMatching(/Z$/)]);
    expect((await read(`/v1/customers?q=${encodeURIComponent('赵敏')}&asOf=${then[2]!.time}`)).json['customers']).toEqual([]);
    expect((await read(`/v1/customers?q=${encodeURIComponent('赵敏')}&asOf=${then[0]!.time}`)).json['customers']).toHaveLength(1);
  });
  it('know no customer before there was one, and none who never was', async () => {
    expect((await read(`/v1/customers/${ids[0]}?asOf=2001-01-01T00:00:00Z`)).status).toBe(404);
    expect((await read(`/v1/customers/${stranger}?asOf=${then[0]!.time}`)).status).toBe(404);
    expect((await read(`/v1/customers/${ids[0]}?asOf=2999-01-01T00:00:00Z`)).status).toBe(422);
  });

  describe('and all that ever happened', () => {
    interface History {
      entries: { eventId: string; service: string; title: string; time: string; causationId: string; actor: string; command: string }[];
      incomplete: unknown[];
    }
    it('to one customer is one list over the services, each event with who and why', async () => {
      const { json } = await read<History>(`/v1/customers/${ids[0]}/history`);
      expect(json.incomplete).toEqual([]);
      expect(new Set(json.entries.map((it) => it.service))).toEqual(new Set(['accounts', 'complaints', 'loyalty', 'privacy']));
      expect(json.entries.map((it) => it.time)).toEqual(json.entries.map((it) => it.time).sort());
      const earned = json.entries.find((it) => it.command.endsWith('.EarnPoints'));
      expect(json.entries.find((it) => it.eventId === earned?.causationId)).toMatchObject({ service: 'accounts' });
      const { json: desc } = await read<History>(`/v1/customers/${ids[0]}/history?orderBy=time desc&pageSize=1000`);
      expect(desc.entries.map((it) => it.eventId)).toEqual(json.entries.map((it) => it.eventId).reverse());
    });
    it('is shown in the terminal, of a customer and of one stream', () => {
      const { out, err, code } = script(folder, 'history', 'show', ids[0]!, '--data');
      expect([code, err]).toEqual([0, expect.stringMatching(/\d+ events\./)]);
      expect(out).toMatch(/An order was recorded · 订单已登记/);
      expect(out).toMatch(/RecordOrder .* accounts \d+ · order\//);
      expect(out).toMatch(/, after accounts \d+/);
      expect(out).toContain('茶叶受潮');
      const lines = script(folder, 'history', 'show', 'accounts', `account/${ids[0]}`, '--json').out.trim().split('\n');
      expect(lines.map((it) => (JSON.parse(it) as { version: number }).version)).toEqual(lines.map((_, n) => n + 1));
    });
    it.each([
      [['show', stranger], /No service has recorded anything/],
      [['show', 'accounts', `order/${stranger}`], /recorded nothing under this id/],
      [['show', 'nobody', stranger], /no service of this name/],
      [['show', 'wang'], /wang is no id/],
      [['show'], /Name a customer/],
      [['show', stranger, '--from', '2026-02-30'], /day or time that exists/],
      [['show', 'accounts', stranger, '--desc'], /are for a customer/],
    ])('%j is answered with a clear word', (args, word) => {
      const { code, err } = script(folder, 'history', ...args);
      expect([code, err]).toEqual([1, expect.stringMatching(word)]);
      expect(err).not.toMatch(/ {2}at /);
    });
  });
});
