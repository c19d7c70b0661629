import { describe, expect, it } from '@jest/globals';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import { Trouble } from '../trouble.ts';
import { Away, type RebuildApi } from './api.ts';
import { follow } from './follow.ts';

type Seen = Partial<Generation> | Error | undefined;

/** A service that shows one thing after another. */
const showing = (...seen: Seen[]): RebuildApi => {
  const list = (): Promise<Generation[]> => {
    const next = seen.shift();
    if (next instanceof Error) return Promise.reject(next);
    return Promise.resolve(next ? [{ view: 'orders', generation: 2, done: '1', total: '2', rate: 1, reason: '', ...next } as Generation] : []);
  };
  const never = (): Promise<never> => Promise.reject(new Error('not asked'));
  return { list, change: never, compare: never };
};
const watch = (...seen: Seen[]) => follow(showing(...seen), 'orders', 2, false);

describe('watching a rebuild', () => {
  it('goes on while the service is away, until the generation is live, or full and waits', async () => {
    const away = new Away('nobody answers');
    await expect(watch({ state: 'FILLING' }, away, away, { state: 'FILLING' }, { state: 'LIVE' })).resolves.toMatchObject({ state: 'LIVE' });
    await expect(watch({ state: 'FILLED' })).resolves.toMatchObject({ state: 'FILLED' });
  });
  it.each<[Seen, string]>([
    [{ state: 'PAUSED' }, 'Generation 2 of orders is paused.'],
    [undefined, 'Generation 2 of orders was dropped.'],
    [{ state: 'FILLING', reason: 'the fold throws' }, 'Generation 2 of orders stands still: the fold throws.'],
    [new Trouble('The token may not do this.'), 'The token may not do this.'],
  ])('ends with a word where it comes to nothing: %j', async (seen, word) => {
    await expect(watch({ state: 'FILLING' }, seen)).rejects.toThrow(word);
  });
});
