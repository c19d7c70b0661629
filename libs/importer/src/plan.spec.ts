import { describe, expect, it } from '@jest/globals';
import { kindOf } from './kinds.js';
import { checkedMapping } from './mapping.js';
import { plan } from './plan.js';

const cdnow = {
  ref: 'cdnow:{#}',
  map: { account_ref: 'cdnow:{customer}', orderedAt: 'date', 'lines.quantity': 'cds', 'lines.amount': 'dollars' },
  set: { currency: 'USD', 'lines.product': 'CD', kind: 'PERSON' },
  date: { '*': 'yyyyMMdd' },
};
const columns = ['customer', 'date', 'cds', 'dollars'];
const row = (...cells: string[]) => ({ line: 2, number: 1, cells });
const planned = (given: object, kind = 'orders', names = columns) => plan(kindOf(kind), checkedMapping(given), names);

describe('the plan of an import', () => {
  it('makes an order and the registration of its customer out of one row', () => {
    expect(planned(cdnow)(row('00001', '19970101', '1', '11.77'))).toEqual({
      request: {
        externalRef: { system: 'cdnow', id: '1' },
        accountRef: { system: 'cdnow', id: '00001' },
        orderedAt: '1997-01-01T00:00:00.000Z',
        currency: 'USD',
        lines: [{ product: 'CD', quantity: '1', amountMinor: '1177' }],
      },
      account: { kind: 'PERSON', displayName: '00001', externalRef: { system: 'cdnow', id: '00001' } },
    });
  });

  it('gives a reference without a system the one of the rows', () => {
    const wish = planned({ ...cdnow, map: { ...cdnow.map, account_ref: 'customer' } })(row('7', '19970101', '1', '1'));
    expect(wish?.request['accountRef']).toEqual({ system: 'cdnow', id: '7' });
  });

  it('passes over rows, on equal and on unequal', () => {
    const read = planned({ ...cdnow, skipIf: ['customer=0', 'cds!=1'] });
    expect(read(row('0', '19970101', '1', '1'))).toBeUndefined();
    expect(read(row('5', '19970101', '2', '1'))).toBeUndefined();
    expect(read(row('5', '19970101', '1', '1'))).toBeDefined();
  });

  it('leaves out what is empty in the file, and what is translated to nothing', () => {
    const complaint = {
      ref: 'cfpb:{id}',
      map: { channel: 'via', received_at: 'on', disputed: 'disputed', timely: 'timely', facts: 'text', category: 'issue' },
      enum: { channel: { Web: 'ONLINE' }, disputed: { 'N/A': '' } },
    };
    const read = planned(complaint, 'complaint', ['id', 'via', 'on', 'disputed', 'timely', 'text', 'issue']);
    expect(read(row('9', 'Web', '2019-03-29', 'N/A', 'Yes', '  ', 'Fees, or interest'))?.request).toEqual({
      externalRef: { system: 'cfpb', id: '9' },
      channel: 'ONLINE',
      receivedAt: '2019-03-29T00:00:00.000Z',
      timely: true,
      category: 'Fees, or interest',
    });
  });

  it('leaves the customer out where the file says that there is none, and registers nobody', () => {
    const calls = {
      ref: 'calls:{day}-{vru+line}',
      map: { account_ref: 'calls:{customer_id}', started_at: '{day} {at}', duration_s: 'took' },
      set: { type: 'CALL', channel: 'PHONE', direction: 'INBOUND', kind: 'PERSON' },
      date: { '*': 'yyMMdd H:mm:ss' },
      enum: { account_ref: { 'calls:0': '' } },
    };
    const read = planned(calls, 'interactions', ['customer_id', 'day', 'at', 'took', 'vru+line']);
    const request = {
      ...{ externalRef: { system: 'calls', id: '990201-AA01' }, startedAt: '1999-02-01T07:02:47.000Z' },
      ...{ durationS: 166, type: 'CALL', channel: 'PHONE', direction: 'INBOUND' },
    };
    expect(read(row('0', '990201', '7:02:47', '166', 'AA01'))).toEqual({ request });
    expect(read(row('10', '990201', '7:02:47', '166', 'AA01'))).toMatchObject({
      request: { ...request, accountRef: { system: 'calls', id: '10' } },
      account: { kind: 'PERSON', displayName: '10' },
    });
  });

  it.each([
    ['lines.amount_minor', 'fraction-of-minor-unit', row('1', '19970101', '1', '11.777')],
    ['lines.amount_minor', 'not-a-number', row('1', '19970101', '1', 'free')],
    ['ordered_at', 'not-a-date', row('1', '19970231', '1', '1')],
  ])('refuses a row with its field and reason: %s %s', (field, reason, it) => {
    expect(() => planned(cdnow)(it)).toThrow(expect.objectContaining({ field, reason }));
  });

  it('refuses a text that no enum value answers to, and names those that there are', () => {
    const read = planned({ ref: 'a:{id}', map: { kind: 'kind', display_name: 'id' } }, 'account', ['id', 'kind']);
    expect(read(row('x', 'household'))?.request['kind']).toBe('HOUSEHOLD');
    expect(() => read(row('x', 'robot'))).toThrow('PERSON, ORGANISATION');
  });

  it('needs the currency of an amount', () => {
    const { currency: _, ...set } = cdnow.set;
    expect(() => planned({ ...cdnow, set })(row('1', '19970101', '1', '1'))).toThrow(expect.objectContaining({ reason: 'currency-missing' }));
  });

  it('takes minor units as they are when told so, and knows currencies without decimals', () => {
    const amount = (given: object, text: string) => (planned(given)(row('1', '19970101', '1', text))?.request['lines'] as object[])[0];
    expect(amount({ ...cdnow, minor: true }, '1177')).toMatchObject({ amountMinor: '1177' });
    expect(amount({ ...cdnow, set: { ...cdnow.set, currency: 'JPY' } }, '1177')).toMatchObject({ amountMinor: '1177' });
  });

  it.each([
    ['a field that the command has not', { ...cdnow, set: { colour: 'red' } }, 'no field "colour"'],
    ['a column that the file has not', { ...cdnow, map: { ordered_at: 'when' } }, 'no column "when"'],
    ['half a field', { ...cdnow, map: { lines: 'cds' } }, 'lines.product'],
    ['a translation of a field that is not filled', { ...cdnow, enum: { channel: { a: 'b' } } }, '"channel", which is not filled'],
    ['customers without a kind', { ...cdnow, set: { currency: 'USD', display_name: 'x' } }, '--set kind=PERSON'],
  ])('refuses %s before it reads a row', (_, given, word) => expect(() => planned(given)).toThrow(word));

  it('checks a mapping whole: every fault is told, none is guessed', () => {
    const wrong = { ref: 'nocolon', delimiter: 'x', colour: 1, round: 'yes', skipIf: ['a'], set: { a: 1 } };
    expect(() => checkedMapping(wrong)).toThrow(/ref:[^]*delimiter:[^]*colour[^]*round:[^]*skipIf:|delimiter/);
    for (const word of ['ref', 'delimiter', 'colour', 'round', 'skipIf', 'set']) expect(() => checkedMapping(wrong)).toThrow(word);
  });
});
