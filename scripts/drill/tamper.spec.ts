import { describe, expect, it } from '@jest/globals';
import { drillTampering } from './tamper.js';
import { tamperings } from './tamperings.js';

describe('the tamper drill, short', () => {
  it('finds every kind of tampering in the right place, and nothing in untouched bundles', async () => {
    const { byKind, passed, wrong } = await drillTampering(60, 12, 'spec');
    expect(wrong).toEqual([]);
    expect(passed).toBe(12);
    expect(Object.keys(byKind)).toHaveLength(tamperings.length);
    expect(Object.values(byKind).every(({ runs, found, places, placed }) => found === runs && placed === places)).toBe(true);
  }, 120_000);
});
