import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands, AccountQueries } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ComplaintCommands } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { accounts, queries } from './accounts.module.js';
import { complaintsStandIn } from './testing/neighbour.js';

type Json = Record<string, unknown>;

let complaints: TestService;
let service: TestService;
beforeAll(async () => {
  complaints = await testService(complaintsStandIn, []);
  await lodge('early', 'c0');
  service = await testService(accounts, queries, complaints);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await complaints.stop();
});

const ref = (id: string) => ({ system: 'shop', id });
const accountId = (id: string) => refId(namespace, 'account', ref(id));
const register = (id: string) => service.call(AccountCommands, 'registerAccount', { kind: 'PERSON', displayName: id, externalRef: ref(id) });
const lodge = async (account: string, id: string) => {
  const answer = await complaints.call(ComplaintCommands, 'lodgeComplaint', {
    ...{ accountRef: ref(account), externalRef: ref(id), channel: 'PHONE', category: '物流' },
    ...{ receivedAt: '2026-03-01T00:00:00Z', facts: '破损' },
  });
  return String(answer.id);
};
const tell = (method: string, complaintId: string, more: Json = { reason: 'x' }) =>
  complaints.call(ComplaintCommands, method, { complaintId, ...more });
const open = async (id: string) => (await service.call(AccountQueries, 'getAccount', { accountId: accountId(id) })).openComplaints;

/** What others say arrives a little later. */
const eventually = async (id: string, expected: number): Promise<void> => {
  const end = Date.now() + 15_000;
  while ((await open(id)) !== expected && Date.now() < end) await sleep(50);
  expect(await open(id)).toBe(expected);
};

describe('the open complaints of an account (F13)', () => {
  it('count where they came before the account did, and before this service listened', async () => {
    await register('late');
    await lodge('late', 'c1');
    await eventually('late', 1);
    await register('early');
    await eventually('early', 1);
  });
  it('no longer count when closed, withdrawn or void, and count again when opened again, each once', async () => {
    await register('a');
    const ids = await Promise.all(['a1', 'a2', 'a3', 'a4'].map((id) => lodge('a', id)));
    await eventually('a', 4);
    const [first = '', second = '', third = ''] = ids;
    await tell('closeComplaint', first, { resolution: '已退款' });
    await tell('withdrawComplaint', second);
    await tell('voidComplaint', third);
    await eventually('a', 1);
    await tell('reopenComplaint', first);
    await eventually('a', 2);
    const { accounts: listed } = await service.call(AccountQueries, 'listAccounts', { externalRef: 'shop:a' });
    expect(listed).toMatchObject([{ openComplaints: 2 }]);
  });
  it('of an imported case count unless it was closed over there', async () => {
    await register('b');
    const bring = (id: string, more: Json) =>
      complaints.call(ComplaintCommands, 'importComplaint', {
        ...{ accountRef: ref('b'), externalRef: ref(id), channel: 'PHONE', category: '物流', receivedAt: '2019-03-01T00:00:00Z', ...more },
      });
    await bring('b1', { closed: true });
    await bring('b2', {});
    await eventually('b', 1);
  });
});
