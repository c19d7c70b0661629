import { describe, expect, it } from '@jest/globals';
import { freshnessOf } from './freshness.js';
import type { Part } from './health.js';

const part = (name: string, lagMs = 0, reason = '', ready = reason === ''): Part => ({ name, ready, lagMs, reason });
const now = Date.UTC(2026, 2, 1, 12);

describe('freshness', () => {
  it('is of now where nothing lags', () => {
    expect(freshnessOf([part('view notes')], [part('consumer accounts')], now)).toEqual({
      asOf: '2026-03-01T12:00:00.000Z',
      lagMs: 0,
      staleReason: '',
    });
  });
  it('is that of the furthest behind, be it a view or what is heard of others', () => {
    expect(freshnessOf([part('view a', 40), part('view b', 1_500.4)], [part('consumer x', 700)], now)).toMatchObject({
      asOf: '2026-03-01T11:59:58.500Z',
      lagMs: 1500,
    });
    expect(freshnessOf([], [part('consumer x', 700)], now).lagMs).toBe(700);
  });
  it('names a view that has stopped', () => {
    expect(freshnessOf([part('view a'), part('view b', 9, 'stopped at 7')], [], now).staleReason).toBe('view b: stopped at 7');
  });
  it('names a source that cannot be heard, though the service is ready', () => {
    expect(freshnessOf([part('view a')], [part('consumer x', 0, 'not yet at the bus', true)], now).staleReason).toBe(
      'consumer x: not yet at the bus',
    );
  });
  it('has nothing against a view that a newer build folds', () => {
    expect(freshnessOf([part('view a', 0, 'version 2 of a newer build is live', true)], [], now).staleReason).toBe('');
  });
});
