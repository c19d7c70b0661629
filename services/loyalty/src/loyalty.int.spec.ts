import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { CustomerQueries } from '@guanxi/contracts/guanxi/loyalty/v1/customer';
import { MembershipCommands, MembershipQueries } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { PointsCommands, PointsQueries } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { refId } from '@guanxi/event-sourcing/ids';
import pg from 'pg';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { loyalty, queries } from './loyalty.module.js';
import { accountsStandIn } from './testing/neighbour.js';

type Json = Record<string, unknown>;

let accounts: TestService;
let service: TestService;
beforeAll(async () => {
  accounts = await testService(accountsStandIn, []);
  service = await testService(loyalty, queries, accounts);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await accounts.stop();
});

const ref = (id: string) => ({ system: 'shop', id });
const accountId = (id: string) => refId(namespace, 'account', ref(id));
const orderRef = (id: string) => ({ orderRef: ref(id) });
const enrol = (id: string, more: Json = {}) => service.call(MembershipCommands, 'enrol', { accountRef: ref(id), ...more });
const leave = (id: string) => service.call(MembershipCommands, 'leave', { accountRef: ref(id), reason: '搬走了' });
const redeem = (id: string, points: string, metadata = {}) =>
  service.call(PointsCommands, 'redeem', { accountRef: ref(id), points, reward: '茶具' }, metadata);
const points = (id: string) => service.call(PointsQueries, 'getPoints', { accountId: accountId(id) });
const lines = (amountMinor: string) => [{ product: '茶', quantity: '1', amountMinor }];
const order = (account: string, id: string, amountMinor: string, currency = 'CNY') =>
  accounts.call(OrderCommands, 'recordOrder', {
    accountRef: ref(account),
    externalRef: ref(id),
    orderedAt: '1997-01-01T00:00:00Z',
    currency,
    lines: lines(amountMinor),
  });
const giveBack = (id: string, amountMinor: string) =>
  accounts.call(OrderCommands, 'returnOrder', {
    ...orderRef(id),
    lines: lines(amountMinor),
    returnedAt: '2026-01-01T00:00:00Z',
    reason: '破损',
  });

const sql = async (text: string): Promise<Json[]> => {
  const client = new pg.Client(service.url);
  await client.connect();
  return (await client.query<Json>(text).finally(() => client.end())).rows;
};

/** Asks until the row says so; the last answer otherwise fails the test. */
const eventually = async (ask: () => Promise<Json>, expected: Json): Promise<void> => {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = await ask();
    try {
      return expect(found).toMatchObject(expected);
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
};

describe('a membership', () => {
  it('is there when the answer is, of the default programme', async () => {
    expect(await enrol('m1')).toMatchObject({ version: 1, warnings: [] });
    const found = await service.call(MembershipQueries, 'getMembership', { accountId: accountId('m1') });
    expect(found).toMatchObject({ accountId: accountId('m1'), programme: 'default', status: 'ACTIVE', version: 1 });
  });
  it('is one a customer', () => expect(enrol('m1')).rejects.toMatchObject({ slug: 'already-enrolled', kind: 'conflict', more: { version: 1 } }));
  it('ends, and begins anew', async () => {
    await leave('m1');
    await expect(leave('m1')).rejects.toMatchObject({ slug: 'membership-ended', kind: 'conflict', more: { version: 2 } });
    const id = { accountId: accountId('m1') };
    expect(await service.call(MembershipQueries, 'getMembership', id)).toMatchObject({ status: 'LEFT', leftReason: '搬走了' });
    await enrol('m1', { programme: 'gold-club' });
    const again = await service.call(MembershipQueries, 'getMembership', id);
    expect(again).toMatchObject({ status: 'ACTIVE', programme: 'gold-club', version: 3 });
    expect(again.leftAt).toBeUndefined();
  });
  it('that was never begun is not there and cannot end', async () => {
    await expect(service.call(MembershipQueries, 'getMembership', { accountId: accountId('nobody') })).rejects.toMatchObject({
      slug: 'membership-not-found',
      kind: 'not-found',
    });
    await expect(leave('nobody')).rejects.toMatchObject({ slug: 'membership-not-found', kind: 'not-found' });
  });
  it('is found by status and programme, page by page', async () => {
    await enrol('m2');
    await enrol('m3');
    await leave('m3');
    const list = (request: Json) => service.call(MembershipQueries, 'listMemberships', request);
    const first = await list({ pageSize: 2 });
    expect(first.memberships).toMatchObject([{ accountId: accountId('m1') }, { accountId: accountId('m2') }]);
    expect((await list({ pageSize: 2, pageToken: first.nextPageToken })).memberships).toMatchObject([{ accountId: accountId('m3') }]);
    expect((await list({ status: 'LEFT' })).memberships).toMatchObject([{ accountId: accountId('m3') }]);
    expect((await list({ programme: 'gold-club' })).memberships).toHaveLength(1);
  });
  it('needs a reference of the account or its id, and a programme that is a short name', async () => {
    const bad = (request: Json, rule: string) =>
      expect(service.call(MembershipCommands, 'enrol', request)).rejects.toMatchObject({ kind: 'invalid', more: { errors: [{ rule }] } });
    await bad({}, 'membership.account_missing');
    await bad({ accountRef: ref('m4'), programme: 'Gold Club' }, 'string.pattern');
  });
});

describe('points of a member', () => {
  it('are the whole units of orders that are heard of after the enrolment, whenever they were placed', async () => {
    await order('p1', 'before', '99900');
    await eventually(async () => (await sql('select count(*)::int as heard from received'))[0] ?? {}, { heard: 1 });
    await enrol('p1');
    await order('p1', 'o1', '1177');
    await order('p1', 'o2', '1177', 'JPY');
    await order('p1', 'o3', '2999', 'KWD');
    await order('p1', 'o4', '99');
    await eventually(() => points('p1'), { balance: '1190', earned: '1190', debt: '0' });
    const { lots } = await points('p1');
    expect(lots).toMatchObject([{ points: '11' }, { points: '1177' }, { points: '2' }]);
    for (const { earnedAt, expiresAt } of lots as { earnedAt: string; expiresAt: string }[])
      expect(Number(expiresAt.slice(0, 4))).toBe(Number(earnedAt.slice(0, 4)) + 2);
  });
  it('follow returns, void returns, void orders, and orders recorded anew', async () => {
    await giveBack('o1', '78');
    await eventually(() => points('p1'), { balance: '1189', reversed: '1' });
    await accounts.call(OrderCommands, 'voidReturn', { ...orderRef('o1'), number: 1, reason: '误登' });
    await eventually(() => points('p1'), { balance: '1190', earned: '1191', reversed: '1' });
    await accounts.call(OrderCommands, 'voidOrder', { ...orderRef('o2'), reason: '误登' });
    await eventually(() => points('p1'), { balance: '13', reversed: '1178' });
    await order('p1', 'o2', '5', 'JPY');
    await eventually(() => points('p1'), { balance: '18', earned: '1196' });
  });
  it('are spent the oldest first, never more than there are', async () => {
    const refused = { slug: 'points-insufficient', kind: 'conflict', message: 'There are 18 points.' };
    await expect(redeem('p1', '19')).rejects.toMatchObject(refused);
    await redeem('p1', '11');
    expect(await points('p1')).toMatchObject({ balance: '7', redeemed: '11', lots: [{ points: '1' }, { points: '1' }, { points: '5' }] });
    const { redemptions } = await service.call(PointsQueries, 'listRedemptions', { accountId: accountId('p1') });
    expect(redemptions).toMatchObject([{ number: 1, points: '11', reward: '茶具' }]);
  });
  it('are spent once when the same wish comes twice', async () => {
    const first = await redeem('p1', '1', { 'idempotency-key': 'r2' });
    expect(await redeem('p1', '1', { 'idempotency-key': 'r2' })).toEqual(first);
    expect(await points('p1')).toMatchObject({ balance: '6', redeemed: '12' });
  });
  it('return to their lots where a redemption is void, once', async () => {
    const wrong = { accountRef: ref('p1'), number: 1, reason: '误登' };
    await service.call(PointsCommands, 'voidRedemption', wrong);
    expect(await points('p1')).toMatchObject({ balance: '17', redeemed: '1' });
    await expect(service.call(PointsCommands, 'voidRedemption', wrong)).rejects.toMatchObject({ slug: 'redemption-not-found' });
    const { redemptions } = await service.call(PointsQueries, 'listRedemptions', { accountId: accountId('p1') });
    expect(redemptions).toMatchObject([{ number: 1, voidReason: '误登' }, { number: 2 }]);
  });
  it('that were spent before the goods came back are a debt that the next order pays', async () => {
    await enrol('p2');
    await order('p2', 'o5', '2000');
    await eventually(() => points('p2'), { balance: '20' });
    await redeem('p2', '15');
    await giveBack('o5', '1250');
    await eventually(() => points('p2'), { balance: '0', lots: [], reversed: '13', debt: '8' });
    await order('p2', 'o6', '1000');
    await eventually(() => points('p2'), { balance: '2', lots: [{ points: '2' }], earned: '30', debt: '0' });
  });
  it('go to another customer where a void order is recorded anew for that one', async () => {
    await enrol('p4');
    await enrol('p5');
    await order('p4', 'o9', '500');
    await eventually(() => points('p4'), { balance: '5' });
    await accounts.call(OrderCommands, 'voidOrder', { ...orderRef('o9'), reason: '记错客户' });
    await order('p5', 'o9', '300');
    await eventually(() => points('p5'), { balance: '3', earned: '3' });
    expect(await points('p4')).toMatchObject({ balance: '0', earned: '5', reversed: '5' });
  });
  it('are earned no more once the customer left, and still taken back', async () => {
    await leave('p2');
    await order('p2', 'o7', '5000');
    await giveBack('o6', '100');
    await eventually(() => points('p2'), { balance: '1', earned: '30', reversed: '14' });
  });
  it('do not expire before their time, whatever a timer says', async () => {
    await enrol('p3');
    await order('p3', 'o8', '700');
    await eventually(() => points('p3'), { balance: '7' });
    // Two years early: the points stay, and so does the timer.
    await sql(`update timers set due = clock_timestamp() where request->>'accountId' = '${accountId('p3')}'`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await points('p3')).toMatchObject({ balance: '7', expired: '0' });
    expect(await sql(`select 1 from timers where request->>'accountId' = '${accountId('p3')}'`)).toHaveLength(1);
  });
  it('are zeros where nobody has heard of the customer', async () => {
    expect(await points('nobody')).toEqual({
      accountId: accountId('nobody'),
      lots: [],
      version: 0,
      ...{ balance: '0', earned: '0', redeemed: '0', reversed: '0', expired: '0', debt: '0' },
    });
    await expect(redeem('nobody', '1')).rejects.toMatchObject({ slug: 'points-insufficient', message: 'There are 0 points.' });
  });
  it('are spent by whole numbers from 1', async () => {
    for (const bad of ['0', '-1', '10000000000000001']) await expect(redeem('p1', bad)).rejects.toMatchObject({ kind: 'invalid' });
  });
  it('are summed over all customers who ever enrolled', async () => {
    const summary = await service.call(PointsQueries, 'summarizePoints', {});
    expect(summary).toEqual({ accounts: 8, balance: '28', earned: '1241', redeemed: '16', reversed: '1197', expired: '0', debt: '0' });
  });
});

describe("loyalty's part of one customer", () => {
  const section = (id: string) => service.call(CustomerQueries, 'getCustomer', { accountId: accountId(id) });
  it('is the membership and the points', async () => {
    expect(await section('p2')).toMatchObject({ freshness: {}, data: { membership: { status: 'LEFT' }, points: { balance: '1' } } });
  });
  it('is empty where loyalty has not heard of the customer', async () => expect((await section('nobody')).data).toEqual({}));
});
