const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** MurmurHash2 as Kafka computes it: a signed 32-bit number of the bytes. */
export const murmur2 = (bytes: Uint8Array): number => {
  const end = bytes.length & ~3;
  const at = (n: number): number => bytes[n] ?? 0;
  let h = seed ^ bytes.length;
  for (let n = 0; n < end; n += 4) {
    let k = Math.imul(at(n) | (at(n + 1) << 8) | (at(n + 2) << 16) | (at(n + 3) << 24), multiplier);
    k = Math.imul(k ^ (k >>> 24), multiplier);
    h = Math.imul(h, multiplier) ^ k;
  }
  if (end < bytes.length) h = Math.imul(h ^ (at(end) | (at(end + 1) << 8) | (at(end + 2) << 16)), multiplier);
  h = Math.imul(h ^ (h >>> 13), multiplier);
  return h ^ (h >>> 15);
};

/** The partition of a key as Kafka's default partitioner finds it: 0 to `partitions` - 1. */
export const partitionOf = (key: string, partitions: number): number => (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
