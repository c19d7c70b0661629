import { describe, it, expect } from '@jest/globals';
import { murmur2, partitionOf } from './partition.js';

describe('partition', () => {
  // The vectors of Kafka's own tests (org.apache.kafka.common.utils.UtilsTest).
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => expect(murmur2(Buffer.from(text))).toBe(hash));

  it('is never negative, and the same for ever', () => {
    expect(partitionOf('foobar', 24)).toBe((-790332482 & 0x7fffffff) % 24);
    expect(partitionOf('0b2e6c1f-5b1f-5c3e-9d0a-2f6b1a7c4e83', 24)).toBe(7);
    expect(partitionOf('客户', 24)).toBe(partitionOf('客户', 24));
  });
});
