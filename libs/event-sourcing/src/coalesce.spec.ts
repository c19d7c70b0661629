import { describe, expect, it } from '@jest/globals';
import { coalesced } from './coalesce.js';

/** A read that ends when the test says so. */
const held = () => {
  const reads: { items: readonly number[]; end: (fail?: Error) => void }[] = [];
  const read = (items: readonly number[]): Promise<readonly number[]> =>
    new Promise((resolve, reject) => reads.push({ items, end: (fail) => (fail ? reject(fail) : resolve(items.map((it) => it * 10))) }));
  return { reads, read };
};
const turn = () => new Promise(setImmediate);

describe('reads that go together', () => {
  it('take all that ask in one turn, and give each its own answer', async () => {
    const { reads, read } = held();
    const one = coalesced(read);
    const answers = Promise.all([1, 2, 3].map(one));
    await turn();
    expect(reads.map((it) => it.items)).toEqual([[1, 2, 3]]);
    reads[0]?.end();
    expect(await answers).toEqual([10, 20, 30]);
  });

  it('begin after the question: what is asked while all lanes are busy waits for the next', async () => {
    const { reads, read } = held();
    const one = coalesced(read, { lanes: 1, most: 2 });
    const first = one(1);
    await turn();
    const others = Promise.all([2, 3, 4].map(one));
    await turn();
    expect(reads.map((it) => it.items)).toEqual([[1]]);
    reads[0]?.end();
    expect(await first).toBe(10);
    await turn();
    reads[1]?.end();
    await turn();
    reads[2]?.end();
    expect(await others).toEqual([20, 30, 40]);
    expect(reads.map((it) => it.items)).toEqual([[1], [2, 3], [4]]);
  });

  it('fail for those who asked, and for nobody else', async () => {
    const { reads, read } = held();
    const one = coalesced(read);
    const failing = one(1);
    await turn();
    reads[0]?.end(new Error('gone'));
    await expect(failing).rejects.toThrow('gone');
    const next = one(2);
    await turn();
    reads[1]?.end();
    expect(await next).toBe(20);
  });
});
