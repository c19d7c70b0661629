import { describe, expect, it } from '@jest/globals';
import { isSampled, newTraceparent, traceFields, traceIdOf, unsampled } from './trace.js';

const good = '00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01';

describe('a traceparent', () => {
  it('is made anew each time, and is a good one that nobody keeps', () => {
    const many = Array.from({ length: 1_000 }, newTraceparent);
    expect(new Set(many.map(traceIdOf)).size).toBe(1_000);
    expect(new Set(many.map((it) => traceFields(it).span_id)).size).toBe(1_000);
    expect(many.some((it) => traceIdOf(it) === undefined || isSampled(it))).toBe(false);
  });

  it('tells its trace, its span and whether it is kept', () => {
    expect([traceIdOf(good), isSampled(good)]).toEqual(['0123456789abcdef0123456789abcdef', true]);
    expect(traceFields(good)).toEqual({ trace_id: '0123456789abcdef0123456789abcdef', span_id: '00f067aa0ba902b7' });
    expect(['00', '02', '0e'].map((flags) => isSampled(good.slice(0, -2) + flags))).toEqual([false, false, false]);
    expect(['01', '03', 'ff'].map((flags) => isSampled(good.slice(0, -2) + flags))).toEqual([true, true, true]);
    expect([unsampled(good), isSampled(unsampled(good)), traceIdOf(unsampled(good))]).toEqual([`${good.slice(0, -1)}0`, false, traceIdOf(good)]);
  });

  it.each([undefined, '', '00-x', good.slice(1), `${good}-x`, good.toUpperCase(), good.replace('0123456789abcdef0123456789abcdef', '0'.repeat(32))])(
    'is nobody’s where it is %s',
    (text) => {
      expect(traceIdOf(text)).toBeUndefined();
    },
  );
});
