import { describe, expect, it } from '@jest/globals';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import { comparisonText, generationsTable, progressLine } from './words.ts';

const generation: Generation = {
  ...{ view: 'orders', generation: 2, version: 1, wantedVersion: 1, state: 'FILLING', compare: false, done: '25000', total: '100000' },
  ...{ rate: 2_500, etaSeconds: 30, since: '2026-11-22T09:37:35.078Z', reason: '' },
};

describe('what npm run rebuild says', () => {
  it('of a generation on its way: how much is done, how fast, how long still', () => {
    expect(progressLine(generation)).toBe('██████░░░░░░░░░░░░░░░░░░  25 % · 25,000 of 100,000 entries · 2,500/s · 0:30 left');
    expect(progressLine({ ...generation, etaSeconds: 7_384 })).toMatch(/ · 2:03:04 left$/);
    // REST says null where the contract says absent.
    expect(progressLine({ ...generation, rate: 0, etaSeconds: null as never })).toMatch(/ · 0\/s$/);
    expect(progressLine({ ...generation, done: '0', total: '0' })).toMatch(/^█{24} 100 %/);
  });
  it('of all generations, one a line', () => {
    const [head, line, ...more] = generationsTable([{ ...generation, wantedVersion: 2, reason: 'the fold throws' }]).split('\n');
    expect(head).toMatch(/^view +generation +version +state +done +behind +rate +since \(UTC\) +reason$/);
    expect(line).toMatch(/^orders +2 +1 \(this build: 2\) +filling +25 % +75,000 +2,500\/s, 0:30 left +2026-11-22 09:37:35 +the fold throws$/);
    expect(more).toEqual([]);
  });
  it('of a comparison: counts, and rows by key and field', () => {
    const found = { live: 1, other: 2, position: '1234', seq: '5', rows: '1000', equal: '998', different: '1', missing: '1', extra: '0' };
    const differences = [
      { key: 'a', kind: 'DIFFERENT' as const, fields: ['status', 'total'] },
      { key: 'b', kind: 'MISSING' as const, fields: [] },
    ];
    expect(comparisonText({ ...found, differences }).split('\n')).toEqual([
      'Generation 1 (live) and 2 at position 1234, received 5: 1,000 rows, 998 equal, 1 different, 1 missing, 0 extra.',
      '  different  a  status, total',
      '  missing    b',
    ]);
  });
});
