import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactCommands, ContactQueries } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { CustomerQueries } from '@guanxi/contracts/guanxi/accounts/v1/customer';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { accounts, queries } from './accounts.module.js';

type Json = Record<string, unknown>;

let service: TestService;
beforeAll(async () => {
  service = await testService(accounts, queries);
  await Promise.all(['a', 'b'].map((id) => register(id)));
}, 60_000);
afterAll(() => service.stop());

const ref = (id: string) => ({ system: 'shop', id });
const accountId = (id: string) => refId(namespace, 'account', ref(id));
const contactId = (id: string) => refId(namespace, 'contact', ref(id));
const register = (id: string) =>
  service.call(AccountCommands, 'registerAccount', { kind: 'ORGANISATION', displayName: `公司 ${id}`, externalRef: ref(id) });
const add = (account: string, id: string, more: Json = {}) =>
  service.call(ContactCommands, 'addContact', { accountRef: ref(account), name: `联系人 ${id}`, externalRef: ref(id), ...more });
const tell = (method: string, id: string, more: Json = {}) => service.call(ContactCommands, method, { contactId: contactId(id), ...more });
const get = (id: string) => service.call(ContactQueries, 'getContact', { contactId: contactId(id) });
const list = async (account: string, more: Json = {}) => {
  const { contacts } = await service.call(ContactQueries, 'listContacts', { accountId: accountId(account), ...more });
  return (contacts as Json[]).map((it) => it.name);
};

describe('a contact', () => {
  it('has the id that its reference means, and is there when the answer is', async () => {
    const details = { position: '采购', influence: 'POWER', phones: ['+8613800138000'], emails: ['w@example.com'], preferredChannel: 'PHONE' };
    const dates = [{ kind: 'BIRTHDAY', date: '--05-17', calendar: 'LUNAR' }];
    expect(await add('a', 'p1', { ...details, importantDates: dates, profile: { family: '两个孩子' } })).toMatchObject({
      id: contactId('p1'),
      version: 2,
    });
    expect(await get('p1')).toMatchObject({
      name: '联系人 p1',
      accountLinks: [{ accountId: accountId('a'), position: '采购', influence: 'POWER', active: true }],
      phones: ['+8613800138000'],
      importantDates: [{ number: 1, importantDate: { kind: 'BIRTHDAY', date: '--05-17', calendar: 'LUNAR' } }],
      profile: { family: '两个孩子' },
      status: 'ACTIVE',
      version: 2,
    });
  });
  it('needs an account that is there', async () => {
    await expect(add('nobody', 'p9')).rejects.toMatchObject({ slug: 'account-not-found', kind: 'not-found' });
    await expect(tell('linkContact', 'p1', { accountRef: ref('nobody') })).rejects.toMatchObject({ slug: 'account-not-found' });
    await expect(add('a', 'p9', { accountRef: undefined })).rejects.toMatchObject({ more: { errors: [{ rule: 'contact.account_missing' }] } });
  });
  it.each([
    ['a telephone number without its country', { phones: ['13800138000'] }],
    ['an e-mail address that is none', { emails: ['w@'] }],
    ['a day that is none', { importantDates: [{ kind: 'BIRTHDAY', date: '17.5.' }] }],
    ['a date that never comes', { importantDates: [{ kind: 'BIRTHDAY', date: '--02-30' }] }],
    ['no name', { name: ' ' }],
    ['a kind of tie that we do not keep', { affinities: [{ kind: 'KIND_UNSPECIFIED' }] }],
  ])('is refused with %s', (_, more) => expect(add('a', 'p9', more)).rejects.toMatchObject({ kind: 'invalid' }));
  it('is one contact when the same wish comes twice', async () => {
    const wish = { accountRef: ref('a'), name: '联系人 k', externalRef: ref('k') };
    const first = await service.call(ContactCommands, 'addContact', wish, { 'idempotency-key': 'k' });
    expect(await service.call(ContactCommands, 'addContact', wish, { 'idempotency-key': 'k' })).toEqual(first);
    await tell('voidContact', 'k', { reason: '测试' });
  });
  it('belongs to several accounts and is listed where they are, where they left, and nowhere once void', async () => {
    await add('a', 'p2');
    await tell('linkContact', 'p1', { accountRef: ref('b'), position: '顾问' });
    expect([await list('a'), await list('b')]).toEqual([['联系人 p1', '联系人 p2'], ['联系人 p1']]);
    expect(await tell('markContactDeparted', 'p1', { accountRef: ref('a'), departedOn: '2026-03-01' })).toMatchObject({ warnings: [] });
    expect([await list('a', { active: true }), await list('a', { active: false }), await list('a')]).toEqual([
      ['联系人 p2'],
      ['联系人 p1'],
      ['联系人 p1', '联系人 p2'],
    ]);
    await tell('voidContact', 'p2', { reason: '记错' });
    expect(await list('a')).toEqual(['联系人 p1']);
    expect(await get('p2')).toMatchObject({ status: 'VOIDED', voidReason: '记错' });
  });
  it('that leaves last is warned of', async () => {
    const { warnings } = await tell('markContactDeparted', 'p1', { accountRef: ref('b') });
    expect(warnings).toMatchObject([{ slug: 'no-active-contact', ids: [accountId('b')] }]);
    expect(await get('p1')).toMatchObject({ status: 'DEPARTED' });
  });
});

describe('the section of the page of one customer', () => {
  const section = (id: string) => service.call(CustomerQueries, 'getCustomer', { accountId: accountId(id) });
  it('shows the account, who is there, and the last five orders', async () => {
    await add('b', 'p3');
    for (const n of [1, 2, 3, 4, 5, 6])
      await service.call(OrderCommands, 'recordOrder', {
        ...{ accountRef: ref('b'), externalRef: ref(`o${n}`), orderedAt: `2026-0${n}-01T00:00:00Z`, currency: 'CNY' },
        lines: [{ product: '茶', quantity: '1', amountMinor: String(n) }],
      });
    const { freshness, data } = (await section('b')) as { freshness: Json; data: { account: Json; contacts: Json[]; recent: Json[] } };
    expect(freshness).toMatchObject({ staleReason: '' });
    expect(data.account).toMatchObject({ accountId: accountId('b'), lifecycle: 'ACTUAL', openComplaints: 0, trade: [{ orders: 6 }] });
    expect(data.contacts.map((it) => it.name)).toEqual(['联系人 p3']);
    expect(data.recent.map((it) => it.amountMinor)).toEqual(['6', '5', '4', '3', '2']);
  });
  it('is refused of an account that is not there', () => expect(section('nobody')).rejects.toMatchObject({ slug: 'account-not-found' }));
});
