import { fromJson, toBinary, toJson, type JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonFaults } from './faults.js';
import { filled, parseStrict, printed, recordData, toPlain } from './json.js';
import { kinds } from './testing/kinds.js';
import { cutInstants, documents } from './testing/documents.js';

const Kinds = kinds();

const faultsOf = (json: unknown): [field: string, rule: string][] => {
  try {
    recordData(Kinds, json);
  } catch (error) {
    if (error instanceof JsonFaults) return error.errors.map((it) => [it.field, it.rule]);
    throw error;
  }
  return [];
};

describe('what a record keeps', () => {
  it('is what fromJson then toJson print, instants with three digits', () => {
    fc.assert(
      fc.property(documents(Kinds), (json) => {
        const expected = toJson(Kinds, fromJson(Kinds, json as JsonValue));
        expect(JSON.stringify(recordData(Kinds, json))).toBe(JSON.stringify(cutInstants(Kinds, expected)));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same when it is read again', () => {
    fc.assert(
      fc.property(documents(Kinds), (json) => {
        const once = recordData(Kinds, json);
        expect(JSON.stringify(recordData(Kinds, once))).toBe(JSON.stringify(once));
      }),
      { numRuns: 100 },
    );
  });

  it('orders fields by number and leaves defaults out', () => {
    const text = JSON.stringify(
      recordData(Kinds, { some_text: 'x', count: 0, maybeCount: 0, maybeText: '', tags: [], again: {}, on: undefined, at: null }),
    );
    expect(text).toBe('{"maybeText":"","someText":"x","maybeCount":0,"again":{}}');
  });

  it('keeps a map’s key whatever its name', () => {
    expect(JSON.stringify(recordData(Kinds, JSON.parse('{"sums":{"__proto__":"1"}}')))).toBe('{"sums":{"__proto__":"1"}}');
  });

  it('prints instants in UTC with exactly three digits', () => {
    const at = (text: string) => recordData(Kinds, { at: text })['at'];
    expect(at('2026-03-01T08:00:00+08:00')).toBe('2026-03-01T00:00:00.000Z');
    expect(at('2026-03-01T08:00:00.1Z')).toBe('2026-03-01T08:00:00.100Z');
    expect(at('1969-12-31T23:59:59.999999999Z')).toBe('1969-12-31T23:59:59.999Z');
  });
});

describe('strict reading', () => {
  it.each([
    ['an unknown field', { nope: 1 }, 'nope', 'unknown-field'],
    ['an unknown field further in', { inners: [{}, { nope: 1 }] }, 'inners[1].nope', 'unknown-field'],
    ['a field given by both of its names', { someText: 'a', some_text: 'a' }, 'someText', 'given-twice'],
    ['two cases of a oneof', { textChoice: 'a', countChoice: 1 }, 'countChoice', 'oneof'],
    ['a number for text', { someText: 1 }, 'someText', 'string'],
    ['U+0000', { byName: { a: { product: 'x\0' } } }, 'byName[a].product', 'string.characters'],
    ['half of a surrogate pair', { tags: ['ok', '\ud800'] }, 'tags[1]', 'string.characters'],
    ['half of a surrogate pair in a name', { sums: { '\ud800': '1' } }, 'sums[\ufffd]', 'string.characters'],
    ['an enum as a number', { colour: 1 }, 'colour', 'enum'],
    ['an unknown enum name', { colours: ['RED', 'GREEN'] }, 'colours[1]', 'enum'],
    ['a fraction for int32', { count: 1.5 }, 'count', 'int32'],
    ['an int32 out of range', { count: 2147483648 }, 'count', 'int32'],
    ['a negative uint32', { small: -1 }, 'small', 'uint32'],
    ['a JSON number that is no longer exact', { inner: { amountMinor: 9007199254740993 } }, 'inner.amountMinor', 'int64.safe'],
    ['an exponent for int64', { amountMinor: '1e3' }, 'amountMinor', 'int64'],
    ['an int64 out of range', { amountMinor: '9223372036854775808' }, 'amountMinor', 'int64'],
    ['an empty int64', { amountMinor: '' }, 'amountMinor', 'int64'],
    ['a negative uint64', { large: -1 }, 'large', 'uint64'],
    ['an instant without a zone', { at: '2026-03-01T00:00:00' }, 'at', 'timestamp.zone'],
    ['a day that does not exist', { times: ['2026-02-30T00:00:00Z'] }, 'times[0]', 'timestamp'],
    ['a date instead of an instant', { at: '2026-03-01' }, 'at', 'timestamp'],
    ['an instant before year 1', { at: '0001-01-01T00:00:00+01:00' }, 'at', 'timestamp'],
    ['an object for a list', { tags: {} }, 'tags', 'list'],
    ['a list for an object', { inner: [] }, 'inner', 'object'],
    ['null in a list', { tags: [null] }, 'tags[0]', 'null'],
    ['a list for a map', { sums: [] }, 'sums', 'map'],
    ['text for bool', { on: 'true' }, 'on', 'bool'],
    ['bytes that are not base64', { raw: '*' }, 'raw', 'bytes'],
    ['a document that is not an object', [], '', 'object'],
  ])('refuses %s, naming field and rule', (_, json, field, rule) => {
    expect(faultsOf(json)).toEqual([[field, rule]]);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ nope: 1, count: 'x', inner: { product: 1, at: '' } })).toEqual([
      ['count', 'int32'],
      ['inner.product', 'string'],
      ['inner.at', 'timestamp'],
      ['nope', 'unknown-field'],
    ]);
  });

  it('never repeats the value', () => {
    try {
      recordData(Kinds, { count: 'Wang Xiaoming', at: 'Wang Xiaoming', colour: 'Wang Xiaoming' });
    } catch (error) {
      expect(JSON.stringify((error as JsonFaults).errors) + String(error)).not.toContain('Wang');
    }
    expect.assertions(1);
  });

  it('lets nothing through that fromJson refuses', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Kinds.fields), (value, field) => {
        const json = { [field.jsonName]: value };
        if (faultsOf(json).length === 0) expect(() => fromJson(Kinds, json as JsonValue)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('gives the message of what it read', () => {
    fc.assert(
      fc.property(documents(Kinds), (json) => {
        const expected = fromJson(Kinds, recordData(Kinds, json) as JsonValue);
        expect(toBinary(Kinds, parseStrict(Kinds, json))).toEqual(toBinary(Kinds, expected));
      }),
      { numRuns: 50 },
    );
  });
});

describe('plain JSON', () => {
  it('has the fields that alwaysEmitImplicit prints, whether made from a message or filled in an old event', () => {
    fc.assert(
      fc.property(documents(Kinds), (json) => {
        const message = parseStrict(Kinds, json);
        const expected = cutInstants(Kinds, toJson(Kinds, message, { alwaysEmitImplicit: true }));
        expect(toPlain(Kinds, message)).toEqual(expected);
        expect(filled(Kinds, recordData(Kinds, json))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused where a gRPC caller sent U+0000 or an enum number without a name', () => {
    expect(() => toPlain(Kinds, fromJson(Kinds, { someText: 'a\0' }))).toThrow(JsonFaults);
    expect(() => toPlain(Kinds, fromJson(Kinds, { colour: 99 }))).toThrow(JsonFaults);
  });

  it('gives every filled row lists of its own', () => {
    const [a, b] = [filled(Kinds, {}), filled(Kinds, {})];
    (a['tags'] as string[]).push('x');
    expect(b['tags']).toEqual([]);
  });
});

describe('an answer', () => {
  it('prints every field in the contract’s order, absent ones as default or null', () => {
    const answer = printed(Kinds, { count: 3, inner: { product: 'x', at: '2026-03-01T00:00:00Z' } });
    expect(Object.keys(answer)).toEqual(Kinds.fields.map((it) => it.jsonName));
    expect(answer).toMatchObject({
      someText: '',
      maybeText: null,
      count: 3,
      maybeCount: null,
      amountMinor: '0',
      on: false,
      colour: 'COLOUR_UNSPECIFIED',
    });
    expect(answer).toMatchObject({ maybeColour: null, at: null, times: [], byName: {}, again: null, textChoice: null });
    expect(answer['inner']).toEqual({ product: 'x', amountMinor: '0', at: '2026-03-01T00:00:00.000Z' });
  });

  it('leaves the row as it is', () => {
    const row = { inner: { product: 'x' } };
    printed(Kinds, row);
    expect(row).toEqual({ inner: { product: 'x' } });
  });
});
