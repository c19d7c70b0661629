import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row } from './fold.js';
import { rowCache } from './row.cache.js';

describe('the row cache', () => {
  it('knows nothing or what was set last, however much is asked and set in between', () => {
    const key = fc.nat(20).map(String);
    const steps = fc.array(fc.oneof(fc.tuple(key, fc.constantFrom<Row | null>(null, { a: 1 }, { a: 2 })), fc.tuple(key)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), steps, (limit, all) => {
        const cache = rowCache(limit);
        const truth = new Map<string, Row | null>();
        for (const [at, row] of all) {
          const known = cache.get(at);
          if (known !== undefined) expect(known).toBe(truth.get(at));
          if (row === undefined) continue;
          cache.set(at, row);
          truth.set(at, row);
          expect(cache.get(at)).toBe(row);
        }
      }),
    );
  });

  it('remembers the last rows used and forgets the others', () => {
    const cache = rowCache(3);
    for (let n = 0; n < 10; n++) {
      cache.set(String(n), { n });
      expect(cache.get('0')).toEqual({ n: 0 });
    }
    expect(cache.get('9')).toEqual({ n: 9 });
    expect(cache.get('3')).toBeUndefined();
    cache.clear();
    expect(cache.get('0')).toBeUndefined();
  });
});
