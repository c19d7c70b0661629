import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintCommands, ComplaintQueries } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { ComplaintRateQueries } from '@guanxi/contracts/guanxi/complaints/v1/rate';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { complaints, queries } from './complaints.module.js';
import { accountsStandIn } from './testing/neighbour.js';
import { wishes } from './testing/story.js';

type Json = Record<string, unknown>;

let accounts: TestService;
let service: TestService;
beforeAll(async () => {
  accounts = await testService(accountsStandIn, []);
  service = await testService(complaints, queries, accounts);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await accounts.stop();
});

const accountRef = { system: 'shop', id: 'a1' };
const accountId = refId(namespace, 'account', accountRef);
const lodge = (more: Json = {}) =>
  service.call(ComplaintCommands, 'lodgeComplaint', { ...wishes.lodgeComplaint, accountId: undefined, accountRef, ...more });
const handle = (complaintId: unknown, method: keyof typeof wishes, more: Json = {}) =>
  service.call(ComplaintCommands, method, { ...wishes[method], complaintId, ...more });
const get = (complaintId: unknown) => service.call(ComplaintQueries, 'getComplaint', { complaintId: String(complaintId) });
const list = async (request: Json) => (await service.call(ComplaintQueries, 'listComplaints', request)).complaints as Json[];
const importCase = (id: string, more: Json = {}) =>
  service.call(ComplaintCommands, 'importComplaint', { ...wishes.importComplaint, externalRef: { system: 'cfpb', id }, ...more });
const rates = async (request: Json = {}) => (await service.call(ComplaintRateQueries, 'listComplaintRates', request)).rows;

const eventually = async (expected: unknown): Promise<void> => {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = await rates();
    if (isDeepStrictEqual(found, expected) || Date.now() > end) return expect(found).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe('a complaint', () => {
  it('goes through its four steps, none left out', async () => {
    const { id } = await lodge();
    expect(await get(id)).toMatchObject({ complaintId: id, accountId, status: 'RECEIVED', facts: '茶叶发霉', version: 1 });
    const early = { slug: 'complaint-not-heard', kind: 'conflict', more: { version: 1, allowed: expect.arrayContaining(['HearCustomer']) } };
    await expect(handle(id, 'judgeComplaint')).rejects.toMatchObject(early);
    await handle(id, 'acknowledgeComplaint');
    await handle(id, 'hearCustomer');
    for (const step of ['assessComplaint', 'recordKeyPoints', 'assignInvestigation', 'completeInvestigation', 'judgeComplaint'] as const)
      await handle(id, step);
    for (const step of ['proposeRemedy', 'rejectRemedy', 'proposeRemedy', 'acceptRemedy', 'executeRemedy', 'followUp', 'closeComplaint'] as const)
      await handle(id, step);
    expect(await get(id)).toMatchObject({
      status: 'CLOSED',
      closed: true,
      verdict: 'FOUNDED',
      version: 15,
      remedies: [{ outcome: 'REJECTED' }, { outcome: 'EXECUTED' }],
    });
    await handle(id, 'reopenComplaint');
    expect(await get(id)).toMatchObject({ status: 'REOPENED', closed: false, reopened: 1 });
  });
  it('may be anonymous, and about an account that nobody here has heard of', async () => {
    const { id } = await lodge({ accountRef: undefined, category: 'anonymous' });
    expect((await get(id)).accountId).toBeUndefined();
    expect(await list({ accountId })).toHaveLength(1);
  });
  it('needs a remedy that says what it is worth', async () => {
    const { id } = await lodge({ category: 'PRIVACY' });
    const remedy = { type: 'REFUND', description: '退款' };
    await expect(handle(id, 'proposeRemedy', { remedy })).rejects.toMatchObject({
      kind: 'invalid',
      more: { errors: [{ field: 'remedy', rule: 'remedy.value_missing' }] },
    });
  });
  it('that nobody lodged is not there', () => expect(get(accountId)).rejects.toMatchObject({ slug: 'complaint-not-found', kind: 'not-found' }));
});

describe('imported cases', () => {
  it('are one fact each, and inconsistent where they end before they begin', async () => {
    await importCase('1', { receivedAt: '2019-01-31T23:59:59Z', closedAt: '2019-01-01T00:00:00Z', category: 'Mortgage' });
    await importCase('2', { receivedAt: '2019-02-01T00:00:00Z', closed: true, channel: 'FAX', category: 'Mortgage', timely: true });
    const found = await list({ category: 'Mortgage' });
    expect(found).toMatchObject([
      { status: 'CLOSED', inconsistent: true },
      { status: 'CLOSED', inconsistent: false, timely: true, channel: 'FAX' },
    ]);
  });
  it('are found by the time they were received, from inclusive, to exclusive, dates in UTC', async () => {
    expect(await list({ category: 'Mortgage', from: '2019-02-01' })).toHaveLength(1);
    expect(await list({ category: 'Mortgage', to: '2019-02-01' })).toHaveLength(1);
    expect(await list({ category: 'Mortgage', from: '2019-02-01T08:00:00+08:00', to: '2019-02-01T00:00:00.001Z' })).toHaveLength(1);
    expect(await list({ status: 'CLOSED', from: '2019-01-31', to: '2019-02-02' })).toHaveLength(2);
    for (const bad of ['2019-02-30', '2019-02-01T25:00:00Z', '0000-01-01'])
      await expect(list({ from: bad })).rejects.toMatchObject({ slug: 'filter-invalid', kind: 'invalid' });
    await expect(list({ from: '2019-02-01T00:00:00' })).rejects.toMatchObject({ kind: 'invalid' });
  });
  it('are taken back by their reference, and then no longer counted', async () => {
    await importCase('3', { receivedAt: '2019-02-02T00:00:00Z', category: 'Void' });
    await service.call(ComplaintCommands, 'voidComplaint', { complaintRef: { system: 'cfpb', id: '3' }, reason: '重复' });
    const { total, byCategory, byChannel, byMonth } = await service.call(ComplaintQueries, 'summarizeComplaints', {});
    expect(total).toBe(5);
    expect(byCategory).toEqual([
      { key: 'Mortgage', count: 2 },
      { key: 'PRIVACY', count: 1 },
      { key: 'anonymous', count: 1 },
      { key: 'delivery', count: 1 },
    ]);
    expect(byChannel).toEqual([
      { key: 'PHONE', count: 3 },
      { key: 'FAX', count: 1 },
      { key: 'ONLINE', count: 1 },
    ]);
    expect(byMonth).toEqual([
      { key: '2019-01', count: 1 },
      { key: '2019-02', count: 1 },
      { key: '2019-03', count: 3 },
    ]);
    expect(
      await service.call(ComplaintQueries, 'summarizeComplaints', { accountId: refId(namespace, 'account', { system: 'x', id: 'y' }) }),
    ).toMatchObject({ total: 0, byMonth: [] });
    expect(
      await service.call(ComplaintQueries, 'summarizeComplaints', { channel: undefined, category: 'Mortgage', from: '2019-02-01' }),
    ).toMatchObject({ total: 1 });
  });
});

describe('complaints per 10,000 orders', () => {
  const externalRef = (id: string) => ({ system: 'shop', id });
  const lines = [{ product: '茶', quantity: '1', amountMinor: '1' }];
  const order = (id: string, orderedAt: string) =>
    accounts.call(OrderCommands, 'recordOrder', { accountRef, externalRef: externalRef(id), orderedAt, currency: 'CNY', lines });
  it('learn of orders over the bus, and of those recorded in error', async () => {
    await Promise.all(['o1', 'o2', 'o3'].map((id) => order(id, '2019-03-31T23:00:00Z')));
    await order('o4', '2019-04-01T00:00:00Z');
    await eventually([
      { month: '2019-01', orders: 0, complaints: 1 },
      { month: '2019-02', orders: 0, complaints: 1 },
      { month: '2019-03', orders: 3, complaints: 3, perTenThousand: '10000.0000' },
      { month: '2019-04', orders: 1, complaints: 0, perTenThousand: '0.0000' },
    ]);
    await accounts.call(OrderCommands, 'voidOrder', { orderRef: externalRef('o4'), reason: '重复' });
    await eventually([
      { month: '2019-01', orders: 0, complaints: 1 },
      { month: '2019-02', orders: 0, complaints: 1 },
      { month: '2019-03', orders: 3, complaints: 3, perTenThousand: '10000.0000' },
    ]);
  });
  it('are asked for by month', async () => {
    expect(await rates({ from: '2019-02', to: '2019-03' })).toEqual([{ month: '2019-02', orders: 0, complaints: 1 }]);
    await expect(rates({ from: '2019-13' })).rejects.toMatchObject({ kind: 'invalid' });
  });
});
