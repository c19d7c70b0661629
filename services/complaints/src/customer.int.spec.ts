import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ComplaintCommands } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { CustomerQueries } from '@guanxi/contracts/guanxi/complaints/v1/customer';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { complaints, queries } from './complaints.module.js';
import { wishes } from './testing/story.js';

type Json = Record<string, unknown>;

let service: TestService;
beforeAll(async () => {
  service = await testService(complaints, queries);
}, 60_000);
afterAll(() => service.stop());

const ref = (id: string) => ({ system: 'shop', id });
const lodge = (n: number, account = 'a1') =>
  service.call(ComplaintCommands, 'lodgeComplaint', {
    ...{ ...wishes.lodgeComplaint, accountId: undefined, accountRef: ref(account), externalRef: ref(`${account}-${n}`) },
    ...{ category: `第${n}次`, receivedAt: `2019-03-0${n}T00:00:00Z` },
  });
const end = (method: 'withdrawComplaint' | 'voidComplaint', n: number) =>
  service.call(ComplaintCommands, method, { complaintId: refId(namespace, 'complaint', ref(`a1-${n}`)), reason: '测试' });
const section = async (account: string) => {
  const answer = await service.call(CustomerQueries, 'getCustomer', { accountId: refId(namespace, 'account', ref(account)) });
  return answer as { freshness: Json; data: { open: number; total: number; recent: Json[] } };
};

describe('the section of the page of one customer', () => {
  it('counts what is open and what there is, and shows the last five received', async () => {
    for (const n of [3, 1, 2, 5, 4, 7, 6]) await lodge(n);
    await lodge(8, 'a2');
    await end('withdrawComplaint', 6);
    await end('voidComplaint', 7);
    const { freshness, data } = await section('a1');
    expect([data.open, data.total]).toEqual([5, 6]);
    expect(data.recent.map((it) => it.category)).toEqual(['第6次', '第5次', '第4次', '第3次', '第2次']);
    expect(freshness).toMatchObject({ staleReason: '' });
  });
  it('is empty where nobody here has heard of the customer', async () =>
    expect((await section('nobody')).data).toEqual({ open: 0, total: 0, recent: [] }));
});
