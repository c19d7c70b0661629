import { describe, expect, it } from '@jest/globals';
import { classOf, discardOf, PolicyFault, type Aside, type At, type Fault } from './aside.js';
import { fold, type Recorded, type Row } from './fold.js';
import { Account, OrderEvent } from './testing/shop.js';
import { view } from './view.js';

const impossible = (): never => {
  throw new RangeError('secret');
};
const whose = (event: OrderEvent[keyof OrderEvent]): string[] => ('accountId' in event ? event.accountId.split(',') : []);

/** Says something of each account that the id names, and throws for one of them. */
const counted = view(Account, { version: 1, table: 'counted', key: 'accountId' })
  .on(
    OrderEvent,
    {
      orderPlaced: (row, { accountId, amount }) => {
        if (amount === '13' && row?.name === 'fragile') throw new TypeError('secret');
        return { ...(row ?? ({ accountId, name: '', amount: '' } as Account)), orders: (row?.orders ?? 0) + 1 };
      },
    },
    whose,
  )
  // Another source of the same key: half an event is none.
  .on(OrderEvent, { orderPlaced: (row, { amount }) => (amount === '14' ? impossible() : row && { ...row, amount }) }, whose);
const meta = { id: 'e', stream: 's', version: 1, at: '2026-11-22T08:00:00.000Z', customer: undefined };
const placed = (position: number, accountId: string, amount = '1', seq = 0): Recorded => ({
  ...{ position, seq, type: 'guanxi.shop.v1.OrderPlaced', payload: { accountId, amount }, meta },
  trace: { segment: '', correlationId: undefined, traceparent: undefined },
});
const fragile = new Map<string, Row>([['b', { accountId: 'b', name: 'fragile', orders: 0, amount: '' }]]);

const parking = (parked = new Map<string, At>()): { aside: Aside; faults: Fault[] } => {
  const faults: Fault[] = [];
  const park = (fault: Fault): void => {
    faults.push(fault);
    parked.set(fault.key, fault.event);
  };
  return { aside: { parked, discarded: new Set(), park }, faults };
};
const ordersOf = (rows: ReturnType<typeof fold>): Record<string, unknown> =>
  Object.fromEntries([...rows].map(([key, { row }]) => [key, row?.['orders']]));

describe('a fold that parks', () => {
  it('leaves the key that fails as it was before the event and passes it over from there; the event’s other keys go on', () => {
    const { aside, faults } = parking();
    const rows = fold(counted, fragile, [placed(1, 'a,b'), placed(2, 'a,b,c', '13'), placed(3, 'b'), placed(4, 'a,b')], undefined, aside);
    expect(ordersOf(rows)).toEqual({ a: 3, b: 1, c: 1 });
    expect(faults.map((it) => [it.key, it.event.position, it.what, classOf(it.cause)])).toEqual([['b', 2, 'fold', 'TypeError']]);
  });
  it('takes back what an earlier source of the same event did to the key', () => {
    const { aside } = parking();
    expect(ordersOf(fold(counted, fragile, [placed(1, 'a'), placed(2, 'a,b', '14')], undefined, aside))).toEqual({ a: 1 });
  });
  it('parks the row that a policy fails on, as it was before, and shows nothing more of it', () => {
    const { aside, faults } = parking();
    const shown: unknown[] = [];
    const saw = ({ position }: Recorded, row: Row | undefined, key: string | undefined): void => {
      shown.push([position, key, row?.['orders']]);
      if (position === 2) throw new PolicyFault('pay', new RangeError('secret'));
    };
    const rows = fold(counted, fragile, [placed(1, 'a'), placed(2, 'a,b'), placed(3, 'a'), placed(4, 'b')], saw, aside);
    expect(ordersOf(rows)).toEqual({ a: 1, b: 2 });
    expect(shown).toEqual([
      [1, 'a', 1],
      [2, 'a', 2],
      [4, 'b', 2],
    ]);
    expect(faults.map((it) => [it.key, it.what, classOf(it.cause)])).toEqual([['a', 'policy pay', 'RangeError']]);
  });
  it('throws where nobody is told', () => {
    expect(() => fold(counted, fragile, [placed(7, 'b', '13')])).toThrow('TypeError at guanxi.shop.v1.OrderPlaced 7/0');
  });
});

describe('what a fold passes over', () => {
  const events = [placed(1, 'a'), placed(1, 'a', '1', 1), placed(1, 'a', '1', 2), placed(2, 'a,b')];
  it.each([
    ['a key from an own event on', { parked: new Map([['a', { position: 2, seq: 0 }]]), discarded: new Set<string>() }, { a: 3, b: 1 }],
    ['a key from a received event on', { parked: new Map([['a', { position: 1, seq: 2 }]]), discarded: new Set<string>() }, { a: 2, b: 1 }],
    ['one event of one key', { parked: new Map(), discarded: new Set([discardOf('a', { position: 2, seq: 0 })]) }, { a: 3, b: 1 }],
    ['all keys but some', { parked: new Map(), discarded: new Set<string>(), only: new Set(['b']) }, { b: 1 }],
  ])('%s', (_, aside: Aside, orders) => {
    expect(ordersOf(fold(counted, new Map(), events, undefined, aside))).toEqual(orders);
  });
});

describe('the class of an error', () => {
  it.each([
    [new TypeError('secret'), 'TypeError'],
    [Object.assign(new Error('secret'), { code: '22P02' }), 'SQLSTATE 22P02'],
    [Object.assign(new Error('secret'), { code: 'ERR_INVALID_ARG' }), 'ERR_INVALID_ARG'],
    [Object.assign(new Error('x'), { name: 'no class, but 王小明' }), 'a throw'],
    ['secret', 'a throw'],
    [undefined, 'a throw'],
  ])('is never what it says (%#)', (error, word) => {
    expect(classOf(error)).toBe(word);
  });
});
