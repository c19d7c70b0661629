import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintCommands } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { InteractionCommands } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { TimelineQueries } from '@guanxi/contracts/guanxi/interactions/v1/timeline';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { interactions, queries } from './interactions.module.js';
import { accountsStandIn, complaintsStandIn, next } from './testing/neighbours.js';
import { wishes } from './testing/story.js';

type Json = Record<string, unknown>;
interface Entry extends Json {
  readonly kind: string;
}

let accounts: TestService;
let complaints: TestService;
let service: TestService;
beforeAll(async () => {
  accounts = await testService(accountsStandIn, []);
  complaints = await testService(complaintsStandIn, [], accounts);
  service = await testService(interactions, queries, accounts, complaints);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await complaints.stop();
  await accounts.stop();
});

const accountRef = { system: 'shop', id: 'a1' };
const externalRef = { system: 'shop', id: 'o1' };
const accountId = refId(namespace, 'account', accountRef);
const orderId = refId(namespace, 'order', externalRef);
const complaintId = refId(namespace, 'complaint', externalRef);
const orderedAt = '2026-03-02T08:00:00.000Z';
const amount = { currency: 'CNY', quantity: '1', amountMinor: '1177' };
const lines = [{ product: '茶', quantity: '1', amountMinor: '1177' }];

const timeline = async (request: Json = {}) =>
  (await service.call(TimelineQueries, 'listTimeline', { accountId, ...request })) as unknown as { entries: Entry[]; nextPageToken: string };
const kinds = async (request: Json = {}) => (await timeline(request)).entries.map((it) => it.kind);
const eventually = async (expected: string[]): Promise<void> => {
  const end = Date.now() + 10_000;
  while ((await kinds()).join() !== expected.join() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await kinds()).toEqual(expected);
};
const log = (startedAt: string) =>
  service.call(InteractionCommands, 'logInteraction', { ...wishes.logInteraction, accountId, externalRef: undefined, startedAt });
const record = () => {
  next.event = { orderRecorded: { orderId, accountId, orderedAt, externalRef, lines, adjustments: [], ...amount } };
  return accounts.call(OrderCommands, 'recordOrder', { accountRef, externalRef, orderedAt, currency: 'CNY', lines });
};

describe('a customer’s timeline', () => {
  it('shows own facts when the answer is there, newest first by when they happened', async () => {
    await log('2026-03-03T08:00:00Z');
    await log('2026-03-01T08:00:00Z');
    const { entries } = await timeline();
    expect(entries).toMatchObject([{ at: '2026-03-03T08:00:00.000Z' }, { at: '2026-03-01T08:00:00.000Z', source: 'interactions', voided: false }]);
  });
  it('hears of orders and complaints over the bus, also before it hears of the account', async () => {
    await record();
    const received = { channel: 'PHONE', category: 'delivery', receivedAt: '2026-03-02T09:00:00Z', facts: '茶叶发霉' };
    next.event = { complaintReceived: { complaintId, accountId, ...received } };
    await complaints.call(ComplaintCommands, 'lodgeComplaint', { accountRef, externalRef, ...received });
    await eventually(['INTERACTION_LOGGED', 'COMPLAINT_RECEIVED', 'ORDER_RECORDED', 'INTERACTION_LOGGED']);
    next.event = { complaintClosed: { resolution: '已退款' } };
    await complaints.call(ComplaintCommands, 'closeComplaint', { complaintId, resolution: '已退款' });
    next.event = { accountRegistered: { accountId, kind: 'PERSON', displayName: '王小明', segmentId: 'default', lifecycle: 'POTENTIAL' } };
    await accounts.call(AccountCommands, 'registerAccount', { kind: 'PERSON', displayName: '王小明', externalRef: accountRef });
    await eventually([
      ...['ACCOUNT_REGISTERED', 'COMPLAINT_CLOSED', 'INTERACTION_LOGGED', 'COMPLAINT_RECEIVED', 'ORDER_RECORDED', 'INTERACTION_LOGGED'],
    ]);
    const { entries } = await timeline({ kind: ['ORDER_RECORDED', 'COMPLAINT_CLOSED'] });
    expect(entries).toMatchObject([
      { kind: 'COMPLAINT_CLOSED', accountId, subjectId: complaintId, source: 'complaints' },
      { kind: 'ORDER_RECORDED', at: orderedAt, subjectId: orderId, money: { amountMinor: '1177', currency: 'CNY' } },
    ]);
    expect(JSON.stringify(await timeline())).not.toMatch(/明|发霉|退款/);
  });
  it('is read page by page', async () => {
    const first = await timeline({ pageSize: 4 });
    const rest = await timeline({ pageSize: 4, pageToken: first.nextPageToken });
    expect([...first.entries, ...rest.entries]).toEqual((await timeline()).entries);
    expect(rest).toMatchObject({ nextPageToken: '' });
  });
  it('is asked for by time, from inclusive, to exclusive', async () => {
    expect(await kinds({ from: orderedAt, to: '2026-03-03T08:00:00Z' })).toEqual(['COMPLAINT_RECEIVED', 'ORDER_RECORDED']);
    expect(await kinds({ to: '2026-03-02' })).toEqual(['INTERACTION_LOGGED']);
    await expect(timeline({ from: '2026-02-30' })).rejects.toMatchObject({ slug: 'filter-invalid' });
    await expect(timeline({ pageToken: 'x' })).rejects.toMatchObject({ slug: 'page-token-unknown' });
  });
  it('marks what was recorded in error, and not what was recorded anew', async () => {
    next.event = { orderVoided: { orderId, accountId, orderedAt, ...amount, reason: '重复', returns: 0 } };
    await accounts.call(OrderCommands, 'voidOrder', { orderId, reason: '重复' });
    await record();
    const end = Date.now() + 10_000;
    const orders = async () => (await timeline({ kind: ['ORDER_RECORDED', 'ORDER_VOIDED'], orderBy: 'at' })).entries;
    while ((await orders()).length < 3 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    const found = (await orders()).map(({ kind, subjectVersion, voided }) => ({ kind, subjectVersion, voided }));
    expect(found.sort((a, b) => Number(a.subjectVersion) - Number(b.subjectVersion))).toEqual([
      { kind: 'ORDER_RECORDED', subjectVersion: 1, voided: true },
      { kind: 'ORDER_VOIDED', subjectVersion: 2, voided: false },
      { kind: 'ORDER_RECORDED', subjectVersion: 3, voided: false },
    ]);
  });
  it('of nobody is empty', async () =>
    expect(await service.call(TimelineQueries, 'listTimeline', { accountId: orderId })).toEqual({ entries: [], nextPageToken: '' }));
});
