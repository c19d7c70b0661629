/** Counts the keys that a view's batches touched lately. */
export interface Touched {
  add(keys: Iterable<string>): void;
  /** In the last five to ten minutes; keys that come again are counted once up to 20,000, beyond that each time. */
  count(): number;
}

const windowMs = 5 * 60_000;
const most = 20_000;

/** Two windows, the older one forgotten when the younger is full. @param now milliseconds */
export const touched = (now: () => number = () => performance.now()): Touched => {
  let began = now();
  let young = { keys: new Set<string>(), more: 0 };
  let old = young;
  const turn = (): void => {
    const age = now() - began;
    if (age < windowMs) return;
    old = age < 2 * windowMs ? young : { keys: new Set(), more: 0 };
    young = { keys: new Set(), more: 0 };
    began = now();
  };
  return {
    add: (keys) => {
      turn();
      for (const key of keys)
        if (young.keys.size < most) young.keys.add(key);
        else if (!young.keys.has(key)) young.more++;
    },
    count: () => {
      turn();
      const both = old === young ? 0 : [...old.keys].filter((it) => !young.keys.has(it)).length + old.more;
      return young.keys.size + young.more + both;
    },
  };
};
