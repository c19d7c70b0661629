import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordData } from '@guanxi/contracts/json';
import { casesOf, fold, FoldFault, keysOf, typesOf, type Recorded, type Row } from './fold.js';
import { AccountEvent, Order, OrderEvent } from './testing/shop.js';
import { accountView, orderView } from './testing/shop.views.js';
import { view } from './view.js';

const all = new Map([...casesOf(OrderEvent), ...casesOf(AccountEvent)]);
const typeOf = (name: string): string => [...all].find(([, it]) => it.name === name)?.[0] ?? '';

const account = fc.constantFrom('a', 'b', '');
const told = fc.oneof(
  fc
    .record({ accountId: account, amount: fc.nat(9).map(String), placedAt: fc.constant('2026-11-22T08:00:00.000Z'), tags: fc.constant([]) })
    .map((it) => ['orderPlaced', it] as const),
  fc.record({ amount: fc.nat(9).map(String) }).map((it) => ['orderPaid', it] as const),
  fc.constant(['orderVoided', { reason: '' }] as const),
  fc.record({ accountId: account, name: fc.string() }).map((it) => ['accountOpened', it] as const),
  fc.record({ accountId: account }).map((it) => ['accountClosed', it] as const),
);
const history = fc.array(fc.tuple(told, fc.constantFrom('s', 't', 'u')), { maxLength: 40 }).map((list) =>
  list.map(([[name, payload], stream], n): Recorded => ({
    position: n + 1,
    seq: 0,
    type: typeOf(name),
    payload,
    meta: { id: String(n), stream, version: n + 1, at: '2026-11-22T08:00:00.000Z', customer: undefined },
    trace: { segment: '', correlationId: undefined, traceparent: undefined },
  })),
);
const views = fc.constantFrom(orderView, accountView);
const rowsOf = (folded: ReturnType<typeof fold>): Map<string, Row | undefined> => new Map([...folded].map(([key, { row }]) => [key, row]));

describe('folding', () => {
  it('gives the same rows every time, and leaves the rows before as they were', () => {
    fc.assert(
      fc.property(views, history, history, (it, early, late) => {
        const before = rowsOf(fold(it, new Map(), early));
        const copy = structuredClone(before);
        expect(fold(it, before, late)).toEqual(fold(it, before, late));
        expect(before).toEqual(copy);
      }),
    );
  });

  it('gives the same rows however the events fall into batches', () => {
    fc.assert(
      fc.property(views, history, fc.nat(40), (it, events, cut) => {
        const first = rowsOf(fold(it, new Map(), events.slice(0, cut)));
        const second = new Map([...first, ...rowsOf(fold(it, first, events.slice(cut)))]);
        expect(second).toEqual(new Map([...first, ...rowsOf(fold(it, new Map(), events))]));
      }),
    );
  });

  it('gives rows that the view’s contract allows', () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const { row } of fold(orderView, new Map(), events).values()) if (row) expect(() => recordData(Order, row)).not.toThrow();
      }),
    );
  });

  it('reports each row once, with the position that changed it last, and none that stayed as it was', () => {
    fc.assert(
      fc.property(views, history, (it, events) => {
        const before = rowsOf(fold(it, new Map(), events));
        for (const { key, position } of fold(it, before, events).values())
          expect(events.some((event) => event.position === position && keysOf(it, event).includes(key))).toBe(true);
        const still = view(Order, { version: 1, table: 't', key: 'orderId' }).on(OrderEvent, { orderPaid: (row) => row }, (_, { stream }) => stream);
        expect(fold(still, before, events).size).toBe(0);
      }),
    );
  });

  it('shows each event with its row as it stands then, also where no fold is named', () => {
    const keyed = view(Order, { version: 1, table: 't', key: 'orderId' }).on(
      OrderEvent,
      { orderPaid: (_, { amount }) => ({ amount }) as Order },
      (_, { stream }) => stream,
    );
    expect(typesOf(keyed)).toEqual([typeOf('orderPaid')]);
    const event = (position: number, name: string, payload: Row): Recorded => ({
      ...{ position, seq: 0, type: typeOf(name), payload },
      meta: { id: '', stream: 's', version: position, at: '', customer: undefined },
      trace: { segment: '', correlationId: undefined, traceparent: undefined },
    });
    const saw: unknown[] = [];
    fold(keyed, new Map(), [event(1, 'orderVoided', {}), event(2, 'orderPaid', { amount: '1' }), event(3, 'orderVoided', {})], (it, row) =>
      saw.push([it.position, row]),
    );
    expect(saw).toEqual([
      [1, undefined],
      [2, { amount: '1' }],
      [3, { amount: '1' }],
    ]);
  });

  it('changes every row that an event belongs to, each from what it was', () => {
    const tagged = view(Order, { version: 1, table: 't', key: 'orderId' }).on(
      OrderEvent,
      { orderPlaced: (row, { amount }) => ({ amount: `${row?.amount ?? ''}${amount}` }) as Order, orderPaid: () => undefined },
      (event) => ('tags' in event ? event.tags : undefined),
    );
    const placed = (position: number, tags: string[]): Recorded => ({
      ...{ position, seq: 0, type: typeOf('orderPlaced'), payload: { amount: String(position), tags } },
      meta: { id: '', stream: 's', version: position, at: '', customer: undefined },
      trace: { segment: '', correlationId: undefined, traceparent: undefined },
    });
    const events = [placed(1, ['a', 'b']), placed(2, []), placed(3, ['b', '', 'c'])];
    expect(events.map((it) => keysOf(tagged, it))).toEqual([['a', 'b'], [], ['b', 'c']]);
    expect(rowsOf(fold(tagged, new Map(), events))).toEqual(new Map([...'abc'].map((key, n) => [key, { amount: ['1', '13', '3'][n] }])));
  });

  it('names the event at which a fold threw, and not what was in it', () => {
    const broken = view(Order, { version: 1, table: 't', key: 'orderId' }).on(
      OrderEvent,
      { orderPaid: () => (undefined as unknown as Order).tags as never },
      () => 'k',
    );
    const event = { position: 7, seq: 0, type: typeOf('orderPaid'), payload: {}, meta: {}, trace: {} } as Recorded;
    expect(() => fold(broken, new Map(), [event])).toThrow(FoldFault);
    expect(() => fold(broken, new Map(), [event])).toThrow('TypeError at guanxi.shop.v1.OrderPaid 7/0');
  });
});
