import { describe, expect, it } from '@jest/globals';
import { AccountCommands, AccountEvent, type AccountRegistered } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent, type OrderRecorded } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { columnsOf } from '@guanxi/event-sourcing/view.columns';
import { story } from '@guanxi/event-sourcing/story';
import { possibleDuplicate } from './account.advice.js';
import { accountView } from './account.view.js';
import { nameView } from './name.view.js';
import { nameKey } from './names.js';
import { turnoverView } from './turnover.view.js';

const [accountId, second, orderId, another] = ['a', 'b', '1', '2'].map((end) => `00000000-0000-7000-8000-00000000000${end}`) as [
  string,
  string,
  string,
  string,
];
const account: AccountRegistered = {
  accountId,
  kind: 'ORGANISATION',
  displayName: '上海茶行',
  segmentId: 'default',
  lifecycle: 'POTENTIAL',
  region: { country: 'CN' },
  externalRef: { system: 'crm', id: '7' },
};
const registered = { accountRegistered: account };
const facts = { orderId, accountId, currency: 'USD', orderedAt: '1997-03-01T00:00:00.000Z' };
const bought: OrderRecorded = { ...facts, externalRef: { system: 'shop', id: '1' }, lines: [], adjustments: [], amountMinor: '1177', quantity: '1' };
const recorded = (more: Partial<OrderRecorded>) => ({ orderRecorded: { ...bought, ...more } });
const returned = { orderReturned: { ...facts, number: 1, lines: [], returnedAt: facts.orderedAt, reason: 'x', quantity: '0.5', amountMinor: '500' } };
const told = () => story(accountView).tell(AccountEvent, accountId, registered);
const base = { returns: 0, voided: 0 };

describe('an account as it stands', () => {
  it('begins with what was registered', () =>
    expect(told().row(accountId)).toEqual({
      accountId,
      kind: 'ORGANISATION',
      displayName: '上海茶行',
      externalRefs: [{ system: 'crm', id: '7' }],
      lifecycle: 'POTENTIAL',
      segmentId: 'default',
      region: { country: 'CN' },
      tags: [],
      trade: [],
      version: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
      ordersSinceLifecycle: 0,
      openComplaints: 0,
    }));
  it('changes in what was changed', () => {
    const row = told()
      .tell(AccountEvent, accountId, { profileUpdated: { displayName: '北京茶行' } })
      .tell(AccountEvent, accountId, { accountTagged: { tags: ['vip', 'fair'] } })
      .tell(AccountEvent, accountId, { accountUntagged: { tags: ['vip'] } })
      .tell(AccountEvent, accountId, { lifecycleChanged: { from: 'POTENTIAL', to: 'TARGET', reason: 'x' } })
      .row(accountId);
    expect(row).toMatchObject({ displayName: '北京茶行', kind: 'ORGANISATION', tags: ['fair'], lifecycle: 'TARGET', version: 5 });
    expect(row?.updatedAt).toBe('2026-11-22T13:00:00.000Z');
  });
  it('has columns for country and references', () => {
    const row = told().row(accountId) as object;
    const values = Object.fromEntries(columnsOf(accountView).map(({ name, of }) => [name, of(row as Record<string, unknown>)]));
    expect(values).toMatchObject({ kind: 'ORGANISATION', country: 'CN', refs: ['crm:7'], tags: [] });
  });
});

describe('what an account bought', () => {
  it('is one entry a currency, by code, with the first and the last day', () =>
    expect(
      told()
        .tell(OrderEvent, orderId, recorded({}))
        .tell(OrderEvent, another, recorded({ currency: 'CNY', quantity: '0.5' }))
        .tell(OrderEvent, second, recorded({ orderedAt: '1996-03-01T00:00:00.000Z' }))
        .row(accountId)?.trade,
    ).toEqual([
      {
        ...base,
        currency: 'CNY',
        orders: 1,
        quantity: '0.5',
        amountMinor: '1177',
        firstOrderedAt: bought.orderedAt,
        lastOrderedAt: bought.orderedAt,
      },
      {
        ...base,
        currency: 'USD',
        orders: 2,
        quantity: '2',
        amountMinor: '2354',
        firstOrderedAt: '1996-03-01T00:00:00.000Z',
        lastOrderedAt: bought.orderedAt,
      },
    ]));
  it('counts a returned order and takes off what came back', () =>
    expect(told().tell(OrderEvent, orderId, recorded({})).tell(OrderEvent, orderId, returned).row(accountId)?.trade).toMatchObject([
      { orders: 1, returns: 1, voided: 0, quantity: '0.5', amountMinor: '677' },
    ]));
  it('puts back what a void return had taken', () => {
    const voided = { returnVoided: { ...facts, number: 1, reason: 'x', quantity: '0.5', amountMinor: '500' } };
    const trade = told()
      .tell(OrderEvent, orderId, recorded({}))
      .tell(OrderEvent, orderId, returned)
      .tell(OrderEvent, orderId, voided)
      .row(accountId)?.trade;
    expect(trade).toMatchObject([{ orders: 1, returns: 0, quantity: '1', amountMinor: '1177' }]);
  });
  it('forgets a void order with its returns', () => {
    const voided = { orderVoided: { ...facts, reason: 'x', quantity: '0.5', amountMinor: '677', returns: 1 } };
    const trade = told()
      .tell(OrderEvent, orderId, recorded({}))
      .tell(OrderEvent, orderId, returned)
      .tell(OrderEvent, orderId, voided)
      .row(accountId)?.trade;
    expect(trade).toMatchObject([{ orders: 0, returns: 0, voided: 1, quantity: '0', amountMinor: '0' }]);
  });
  it('does not touch the version, which belongs to the account', () =>
    expect(told().tell(OrderEvent, orderId, recorded({})).row(accountId)?.version).toBe(1));
  it('is kept by account and currency too, for sums', () =>
    expect(
      story(turnoverView)
        .tell(OrderEvent, orderId, recorded({}))
        .tell(OrderEvent, orderId, returned)
        .tell(OrderEvent, another, recorded({ currency: 'CNY' }))
        .rows(),
    ).toEqual([
      { turnoverId: `${accountId}:CNY`, accountId, currency: 'CNY', orders: 1, returns: 0, quantity: '1', amountMinor: '1177' },
      { turnoverId: `${accountId}:USD`, accountId, currency: 'USD', orders: 1, returns: 1, quantity: '0.5', amountMinor: '677' },
    ]));
});

describe('orders since the lifecycle changed', () => {
  const many = () => told().tell(OrderEvent, orderId, recorded({})).tell(OrderEvent, another, recorded({}));
  it('are counted', () => expect(many().row(accountId)?.ordersSinceLifecycle).toBe(2));
  it('begin anew with a change', () =>
    expect(
      many()
        .tell(AccountEvent, accountId, { lifecycleChanged: { from: 'POTENTIAL', to: 'ACTUAL', reason: 'x' } })
        .row(accountId)?.ordersSinceLifecycle,
    ).toBe(0));
});

describe('equal names', () => {
  const names = story(nameView)
    .tell(AccountEvent, accountId, registered)
    .tell(AccountEvent, second, { profileUpdated: { displayName: '上海　茶行' } });
  const row = names.row(nameKey('上海茶行'));
  it('gather their accounts, also after a change of name', () => expect(row?.accountIds).toEqual([accountId, second]));
  it('gather an account once, and twenty at most', () => {
    const many = Array.from({ length: 30 }, (_, n) => `00000000-0000-7000-8000-0000000001${n + 10}`);
    const crowd = [second, ...many].reduce((it, id) => it.tell(AccountEvent, id, registered), names);
    expect(crowd.row(nameKey('上海茶行'))?.accountIds).toEqual([accountId, second, ...many.slice(0, 18)]);
  });
  it.each(possibleDuplicate.map((it) => [it.method, it] as const))('are warned of by %s, naming the others', (_, advice) => {
    const wish = { displayName: '上海 茶行' };
    expect(advice.commands).toBe(AccountCommands);
    expect(advice.key(wish as never)).toBe(nameKey('上海茶行'));
    expect(advice.key({} as never)).toBeUndefined();
    expect(advice.warn(row as never, wish as never, second)).toEqual([
      { slug: 'possible-duplicate', detail: 'An account of the same name exists.', ids: [accountId] },
    ]);
    expect(advice.warn({ nameKey: 'x', accountIds: [second] } as never, wish as never, second)).toEqual([]);
  });
});
