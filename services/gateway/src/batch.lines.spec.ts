import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineCutter } from './batch.lines.js';

const cutAll = (chunks: readonly Buffer[], most = 20): [number, string | undefined][] => {
  const cut = lineCutter(most);
  return [...chunks.flatMap((chunk) => cut(chunk)), ...cut()].map(({ number, text }) => [number, text?.toString()]);
};

const chunked = (text: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((it) => it % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.subarray(at[i], end));
};

describe('lines of a batch', () => {
  it('are numbered as an editor shows them, blank ones counted and left out', () => {
    expect(cutAll([Buffer.from('a\n\n \t\r\nb\r\nc')])).toEqual([
      [1, 'a'],
      [4, 'b\r'],
      [5, 'c'],
    ]);
  });
  it('need no line feed at the end, and none is made up behind it', () => {
    expect(cutAll([Buffer.from('a\n')])).toEqual([[1, 'a']]);
    expect(cutAll([Buffer.from('a')])).toEqual([[1, 'a']]);
    expect(cutAll([])).toEqual([]);
  });
  it('come without their text where they are too long', () => {
    const long = 'x'.repeat(21);
    expect(cutAll([Buffer.from(`${'y'.repeat(20)}\n${long}\nz\n${long}`)])).toEqual([
      [1, 'y'.repeat(20)],
      [2, undefined],
      [3, 'z'],
      [4, undefined],
    ]);
  });
  it('are the same however the bytes arrive', () => {
    const line = fc.oneof(
      fc.constantFrom('', ' ', 'a', '关系', 'x'.repeat(25)),
      fc.string({ maxLength: 30 }).map((it) => it.replaceAll('\n', '')),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
        const text = Buffer.from(lines.join('\n'));
        expect(cutAll(chunked(text, cuts))).toEqual(cutAll([text]));
      }),
    );
  });
});
