import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands, AccountQueries } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderCommands, OrderQueries } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { accounts, queries } from './accounts.module.js';

type Json = Record<string, unknown>;

let service: TestService;
beforeAll(async () => {
  service = await testService(accounts, queries);
}, 60_000);
afterAll(() => service.stop());

const ref = (id: string) => ({ system: 'shop', id });
const register = (id: string, more: Json = {}) =>
  service.call(AccountCommands, 'registerAccount', { kind: 'PERSON', displayName: `客户 ${id}`, externalRef: ref(id), ...more });
const order = (account: string, id: string, orderedAt: string, amountMinor: string, more: Json = {}): Json => ({
  ...{ accountRef: ref(account), externalRef: ref(id), orderedAt, currency: 'CNY' },
  ...{ lines: [{ product: '茶', quantity: '1', amountMinor }], ...more },
});
const record = (...all: Parameters<typeof order>) => service.call(OrderCommands, 'recordOrder', order(...all));
const accountId = (id: string) => refId(namespace, 'account', ref(id));
const get = (id: string) => service.call(AccountQueries, 'getAccount', { accountId: accountId(id) });
const list = (request: Json) => service.call(AccountQueries, 'listAccounts', request);
const names = (answer: Json) => (answer.accounts as { displayName: string }[]).map((it) => it.displayName);

describe('an account', () => {
  it('has the id that its reference means, and is there when the answer is', async () => {
    expect(await register('a1', { region: { country: 'CN' }, segmentId: 'north' })).toMatchObject({ id: accountId('a1'), version: 1, warnings: [] });
    expect(await get('a1')).toMatchObject({
      accountId: accountId('a1'),
      displayName: '客户 a1',
      lifecycle: 'POTENTIAL',
      segmentId: 'north',
      version: 1,
    });
  });
  it('is refused under a reference that is taken, naming who has it', () =>
    expect(register('a1')).rejects.toMatchObject({ slug: 'external-ref-taken', kind: 'conflict', more: { ids: [accountId('a1')], version: 1 } }));
  it('is warned of where another one has the same name', async () => {
    const { warnings } = await service.call(AccountCommands, 'registerAccount', { kind: 'PERSON', displayName: '客户　A1' });
    expect(warnings).toMatchObject([{ slug: 'possible-duplicate', ids: [accountId('a1')] }]);
  });
  it('changes, and is found by what it became', async () => {
    const id = { accountId: accountId('a1') };
    await service.call(AccountCommands, 'updateProfile', { ...id, displayName: '茶行' });
    await service.call(AccountCommands, 'tagAccount', { ...id, tags: ['vip', '老客户'] });
    await service.call(AccountCommands, 'untagAccount', { ...id, tags: ['vip'] });
    await service.call(AccountCommands, 'changeLifecycle', { ...id, to: 'TARGET', reason: '来访' });
    expect(await get('a1')).toMatchObject({ displayName: '茶行', tags: ['老客户'], lifecycle: 'TARGET', version: 5 });
    for (const filter of [{ externalRef: 'shop:a1' }, { tag: '老客户' }, { lifecycle: 'TARGET' }, { segmentId: 'north' }, { country: 'CN' }])
      expect(names(await list(filter))).toEqual(['茶行']);
    expect(names(await list({ externalRef: 'shop:nobody' }))).toEqual([]);
  });
  it('that nobody registered is not there', () => expect(get('nobody')).rejects.toMatchObject({ slug: 'account-not-found', kind: 'not-found' }));
});

describe('orders of an account', () => {
  it('make it ACTUAL and are summed', async () => {
    await register('b1');
    await Promise.all([record('b1', 'o1', '1997-03-01T00:00:00Z', '1000'), record('b1', 'o2', '1997-01-01T00:00:00Z', '300')]);
    await record('b1', 'o3', '1997-02-01T00:00:00Z', '5', { currency: 'USD', adjustments: [{ type: 'FREIGHT', amountMinor: '2' }] });
    const account = await get('b1');
    expect(account).toMatchObject({ lifecycle: 'ACTUAL', version: 2 });
    expect(account.trade).toMatchObject([
      {
        currency: 'CNY',
        orders: 2,
        quantity: '2',
        amountMinor: '1300',
        firstOrderedAt: '1997-01-01T00:00:00.000Z',
        lastOrderedAt: '1997-03-01T00:00:00.000Z',
      },
      { currency: 'USD', orders: 1, amountMinor: '7' },
    ]);
  });
  it('have the right first and last day once the first is void, in one account and in a list', async () => {
    await service.call(OrderCommands, 'voidOrder', { orderRef: ref('o2'), reason: '重复' });
    const trade = [{ currency: 'CNY', orders: 1, voided: 1, amountMinor: '1000', firstOrderedAt: '1997-03-01T00:00:00.000Z' }, { currency: 'USD' }];
    expect((await get('b1')).trade).toMatchObject(trade);
    expect((await list({ externalRef: 'shop:b1' })).accounts).toMatchObject([{ trade }]);
  });
  it('have no first day once all are void', async () => {
    await service.call(OrderCommands, 'voidOrder', { orderRef: ref('o1'), reason: '重复' });
    const [cny] = (await get('b1')).trade as Json[];
    expect([cny?.orders, cny?.amountMinor, cny?.firstOrderedAt, cny?.lastOrderedAt]).toEqual([0, '0', undefined, undefined]);
  });
  it('are recorded anew under their reference once void', async () => {
    expect(await record('b1', 'o1', '1997-04-01T00:00:00Z', '40')).toMatchObject({ version: 3 });
    await expect(record('b1', 'o1', '1997-04-01T00:00:00Z', '40')).rejects.toMatchObject({ slug: 'external-ref-taken' });
  });
  it('are recorded anew for another account too, and count for that one', async () => {
    await register('b2');
    await record('b1', 'o5', '1999-01-01T00:00:00Z', '1', { currency: 'EUR' });
    await service.call(OrderCommands, 'voidOrder', { orderRef: ref('o5'), reason: '记错客户' });
    await record('b2', 'o5', '1999-01-01T00:00:00Z', '2', { currency: 'EUR' });
    expect(await get('b2')).toMatchObject({ lifecycle: 'ACTUAL', trade: [{ currency: 'EUR', orders: 1, amountMinor: '2' }] });
    expect((await get('b1')).trade).toMatchObject([{}, { currency: 'EUR', orders: 0, voided: 1, amountMinor: '0' }, {}]);
    const { orders } = await service.call(OrderQueries, 'listOrders', { accountId: accountId('b2') });
    expect(orders).toMatchObject([{ accountId: accountId('b2'), status: 'RECORDED', amountMinor: '2' }]);
  });
  it('come back in part, never more than was bought', async () => {
    const back = (amountMinor: string) => ({
      orderRef: ref('o1'),
      lines: [{ product: '茶', quantity: '0.5', amountMinor }],
      returnedAt: '1997-05-01T00:00:00Z',
      reason: '破损',
    });
    await service.call(OrderCommands, 'returnOrder', back('30'));
    const refused = { slug: 'return-exceeds-order', kind: 'conflict', more: { version: 4, errors: [{ field: 'lines[0].amountMinor' }] } };
    await expect(service.call(OrderCommands, 'returnOrder', back('11'))).rejects.toMatchObject(refused);
    const { orders } = await service.call(OrderQueries, 'listOrders', { accountId: accountId('b1') });
    expect((orders as Json[]).map(({ status, amountMinor }) => [status, amountMinor])).toEqual([
      ['VOIDED', '0'],
      ['RECORDED', '7'],
      ['PARTLY_RETURNED', '10'],
    ]);
  });
  it('need an account', () =>
    expect(record('nobody', 'o9', '1997-01-01T00:00:00Z', '1')).rejects.toMatchObject({ slug: 'account-not-found', kind: 'not-found' }));
  it('need a reference of the account or its id', () =>
    expect(record('b1', 'o9', '1997-01-01T00:00:00Z', '1', { accountRef: undefined })).rejects.toMatchObject({
      kind: 'invalid',
      more: { errors: [{ rule: 'order.account_missing' }] },
    }));
  it('are one order when the same wish comes twice', async () => {
    const wish = order('b1', 'o4', '1997-01-01T00:00:00Z', '1');
    const first = await service.call(OrderCommands, 'recordOrder', wish, { 'idempotency-key': 'k4' });
    expect(await service.call(OrderCommands, 'recordOrder', wish, { 'idempotency-key': 'k4' })).toEqual(first);
  });
});

describe('all accounts', () => {
  it('are listed by what they bought in a currency, page by page', async () => {
    for (const [id, amount] of Object.entries({ c1: '700', c2: '9000', c3: '80' })) {
      await register(id, { kind: 'ORGANISATION' });
      await record(id, `o-${id}`, '1998-01-01T00:00:00Z', amount, { currency: 'JPY' });
    }
    const request = { currency: 'JPY', orderBy: 'amount desc', pageSize: 2 };
    const first = await list(request);
    expect(names(first)).toEqual(['客户 c2', '客户 c1']);
    expect(names(await list({ ...request, pageToken: first.nextPageToken }))).toEqual(['客户 c3']);
    expect(names(await list({ ...request, orderBy: 'amount', pageSize: 0, kind: 'ORGANISATION' }))).toEqual(['客户 c3', '客户 c1', '客户 c2']);
    expect(names(await list({ ...request, kind: 'PERSON' }))).toEqual([]);
    expect(names(await list({ currency: 'JPY' }))).toEqual(['客户 c1', '客户 c2', '客户 c3']);
    await expect(list({ orderBy: 'amount' })).rejects.toMatchObject({ kind: 'invalid', more: { errors: [{ rule: 'accounts.currency_missing' }] } });
  });
  it('have bought nothing in a currency once all that is void', async () => {
    await service.call(OrderCommands, 'voidOrder', { orderRef: ref('o-c3'), reason: '重复' });
    await record('c3', 'o-c4', '1998-01-01T00:00:00Z', '1', { currency: 'KRW' });
    await service.call(OrderCommands, 'voidOrder', { orderRef: ref('o-c4'), reason: '重复' });
    expect(names(await list({ currency: 'JPY', orderBy: 'amount' }))).toEqual(['客户 c1', '客户 c2']);
    expect(names(await list({ currency: 'JPY' }))).toEqual(['客户 c1', '客户 c2']);
  });
  it('are summed', async () => {
    const { total, byKind, byLifecycle, trade } = await service.call(AccountQueries, 'summarizeAccounts', {});
    expect(total).toBe(7);
    expect(byKind).toEqual([
      { key: 'PERSON', count: 4 },
      { key: 'ORGANISATION', count: 3 },
    ]);
    expect(byLifecycle).toEqual([
      { key: 'ACTUAL', count: 5 },
      { key: 'POTENTIAL', count: 1 },
      { key: 'TARGET', count: 1 },
    ]);
    expect(trade).toEqual([
      { currency: 'CNY', accounts: 1, orders: 2, returns: 1, quantity: '1.5', amountMinor: '11' },
      { currency: 'EUR', accounts: 1, orders: 1, returns: 0, quantity: '1', amountMinor: '2' },
      { currency: 'JPY', accounts: 2, orders: 2, returns: 0, quantity: '2', amountMinor: '9700' },
      { currency: 'USD', accounts: 1, orders: 1, returns: 0, quantity: '1', amountMinor: '7' },
    ]);
  });
});
