import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactCommands } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { SearchQueries } from '@guanxi/contracts/guanxi/accounts/v1/search';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { accounts, queries } from './accounts.module.js';

type Json = Record<string, unknown>;

let service: TestService;
beforeAll(async () => {
  service = await testService(accounts, queries);
}, 60_000);
afterAll(() => service.stop());

const ref = (id: string) => ({ system: 'Shop', id });
const accountId = (id: string) => refId(namespace, 'account', ref(id));
const register = (id: string, displayName: string, kind = 'ORGANISATION') =>
  service.call(AccountCommands, 'registerAccount', { kind, displayName, externalRef: ref(id) });
const search = (q: string, more: Json = {}) => service.call(SearchQueries, 'searchCustomers', { q, ...more });
const found = async (q: string) => ((await search(q)).customers as Json[]).map((it) => it.displayName).sort();

describe('a customer is found', () => {
  it('by the name, in Chinese by any part of it, else by the beginnings of its words', async () => {
    await register('1', '上海银行');
    await register('2', 'ＡＢＣ Trading（上海）');
    await register('3', '茶', 'PERSON');
    for (const q of ['上海', '海', '上海 trad', 'ａｂｃ']) expect(await found(q)).toContain('ＡＢＣ Trading（上海）');
    expect(await found('银行')).toEqual(['上海银行']);
    expect(await found('茶')).toEqual(['茶']);
    expect(await found('海上')).toEqual([]);
    expect(await found('rading')).toEqual([]);
    const { customers } = await search('trading');
    expect(customers).toEqual([
      { accountId: accountId('2'), displayName: 'ＡＢＣ Trading（上海）', kind: 'ORGANISATION', lifecycle: 'POTENTIAL', matched: ['NAME'] },
    ]);
  });
  it('by the external identifier whole, with its system or without', async () => {
    await register('X-17', '编号');
    for (const q of ['X-17', 'x-17', 'shop:x-17', 'Shop:X-17']) expect((await search(q)).customers).toMatchObject([{ matched: ['EXTERNAL_REF'] }]);
    expect(await found('shop:x-1')).toEqual([]);
  });
  it('by a tag that it has', async () => {
    await service.call(AccountCommands, 'tagAccount', { accountId: accountId('3'), tags: ['老客户', 'VIP 2026'] });
    expect((await search('客户 vip')).customers).toMatchObject([{ displayName: '茶', matched: ['TAG'] }]);
    await service.call(AccountCommands, 'untagAccount', { accountId: accountId('3'), tags: ['老客户'] });
    expect(await found('客户')).toEqual([]);
  });
  it('by the name that it has, not by the one that it had', async () => {
    await service.call(AccountCommands, 'updateProfile', { accountId: accountId('3'), displayName: '咖啡' });
    expect([await found('茶'), await found('咖啡')]).toEqual([[], ['咖啡']]);
  });
  it('by a contact who is there: name, telephone, e-mail', async () => {
    const { id } = await service.call(ContactCommands, 'addContact', {
      ...{ accountId: accountId('1'), name: '欧阳娜娜', phones: ['+8613800138000'], emails: ['nana@example.com'] },
    });
    for (const q of ['欧阳', '13800138000', '+86 138-0013-8000', 'Nana@Example.com', '娜'])
      expect((await search(q)).customers).toMatchObject([{ displayName: '上海银行', matched: ['CONTACT'] }]);
    await service.call(ContactCommands, 'linkContact', { contactId: id, accountId: accountId('2') });
    expect(await found('欧阳')).toEqual(['上海银行', 'ＡＢＣ Trading（上海）'].sort());
    await service.call(ContactCommands, 'updateContact', { contactId: id, name: '欧阳娜', clear: ['PHONES'] });
    expect([await found('欧阳娜娜'), await found('13800138000'), await found('欧阳娜')]).toEqual([
      [],
      [],
      ['上海银行', 'ＡＢＣ Trading（上海）'].sort(),
    ]);
    await service.call(ContactCommands, 'markContactDeparted', { contactId: id, accountId: accountId('2') });
    expect(await found('欧阳')).toEqual(['上海银行']);
    await service.call(ContactCommands, 'voidContact', { contactId: id, reason: '记错' });
    expect(await found('欧阳')).toEqual([]);
  });
  it('by words of which some are its own and some a contact’s', async () => {
    await service.call(ContactCommands, 'addContact', { accountId: accountId('1'), name: '张三' });
    expect((await search('银行 张三')).customers).toMatchObject([{ displayName: '上海银行', matched: ['CONTACT', 'NAME'] }]);
    expect(await found('trading 张三')).toEqual([]);
  });
  it('not by signs alone', async () => expect(await found('%_\\')).toEqual([]));
});

describe('a page', () => {
  const names = Array.from({ length: 7 }, (_, n) => (n === 3 ? 'Delta' : `Delta ${n}`));
  it('begins with who is meant exactly, and the next goes on where it ended', async () => {
    for (const [n, name] of names.entries()) await register(`d${n}`, name);
    const seen: unknown[] = [];
    let pageToken = '';
    do {
      const answer = await search('delta', { pageSize: 2, pageToken });
      seen.push(...(answer.customers as Json[]).map((it) => it.displayName));
      pageToken = answer.nextPageToken as string;
    } while (pageToken !== '');
    expect(seen[0]).toBe('Delta');
    expect([...seen].sort()).toEqual([...names].sort());
  });
  it('is asked for by its own token, and by 1 to 100 characters', async () => {
    await expect(search('delta', { pageToken: 'x' })).rejects.toMatchObject({ slug: 'page-token-unknown' });
    await expect(search('')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(search('长'.repeat(101))).rejects.toMatchObject({ kind: 'invalid' });
    expect((await search('长'.repeat(100))).customers).toEqual([]);
  });
});
