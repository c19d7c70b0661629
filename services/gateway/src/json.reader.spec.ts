import { describe, expect, it } from '@jest/globals';
import { readObject } from './json.reader.js';

const read = (text: string) => readObject(Buffer.from(text));
const slugOf = (bytes: Buffer | string): string | undefined => {
  try {
    readObject(Buffer.from(bytes));
    return undefined;
  } catch (error) {
    return (error as { slug?: string }).slug;
  }
};

describe('a JSON object', () => {
  it('is read with colons, quotes and backslashes inside its texts', () => {
    const value = { a: 'x:"y\\":z', 'k:"': [{ b: ':' }, {}, [1, ':']], c: { d: { e: null } }, é: '关系' };
    expect(read(JSON.stringify(value))).toEqual(value);
    expect(read(` ${JSON.stringify(value, null, 2)} `)).toEqual(value);
  });
  it.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '\u{feff}{}', '{"a":01}', 'nonsense'])('is not %j', (text) => {
    expect(slugOf(text)).toBe('unreadable');
  });
  it.each(['[]', '1', '"a"', 'null', 'true'])('is not the JSON value %s', (text) => {
    expect(slugOf(text)).toBe('unreadable');
  });
  it('is UTF-8', () => {
    expect(slugOf(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]))).toBe('unreadable');
    expect(slugOf(Buffer.from('{"a":"关系"}', 'utf16le'))).toBe('unreadable');
  });
  it.each(['{"a":1,"a":1}', '{"a":[{"b":1,"b":2}]}', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}', '{"a":{"":1,"":2}}'])(
    'does not name a key twice: %s',
    (text) => {
      expect(slugOf(text)).toBe('repeated-key');
    },
  );
  it('may name the same key in two objects', () => {
    expect(read('{"a":{"b":1},"c":{"b":1}}')).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });
  it('ends at 64 levels, however deep the text goes', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(slugOf(nested(64))).toBeUndefined();
    expect(slugOf(nested(65))).toBe('unreadable');
    expect(slugOf(`{"a":${'['.repeat(120_000)}${']'.repeat(120_000)}}`)).toBe('unreadable');
  });
  it('cannot reach the prototype of anything', () => {
    const value = read('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });
});
