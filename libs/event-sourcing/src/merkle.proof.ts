import { nodeHash, type Stretch } from './merkle.js';

/** Where RFC 6962 cuts a tree of `n` > 1 leaves: the greatest power of two below `n`. */
const cutOf = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);

/**
 * The stretches whose roots prove that leaf `index` is in the tree of `size` leaves (RFC 6962 §2.1.1), in the order of the path:
 * nearest to the leaf first.
 */
export const inclusionStretches = (index: number, size: number): Stretch[] => {
  const path: Stretch[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + cutOf(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.reverse();
};

/**
 * The stretches whose roots prove that the tree of `to` leaves begins with the tree of `from` leaves, 0 < from ≤ to
 * (RFC 6962 §2.1.2), in the order of the path.
 */
export const consistencyStretches = (from: number, to: number): Stretch[] => {
  const path: Stretch[] = [];
  let [left, right] = [0, to];
  while (from < right) {
    const middle = left + cutOf(right - left);
    if (from <= middle) {
      path.push({ from: middle, to: right });
      right = middle;
    } else {
      path.push({ from: left, to: middle });
      left = middle;
    }
  }
  // The old tree as a whole is known to whoever checks.
  if (left > 0) path.push({ from: left, to: right });
  return path.reverse();
};

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

/** Walks from a node up by a path; tells of each step whether it stands to the left. True where the path ends at the root. */
const climbs = (from: number, end: number, path: readonly Buffer[], join: (step: Buffer, toTheLeft: boolean) => void): boolean => {
  let [node, last] = [from, end];
  for (const step of path) {
    if (last === 0) return false;
    const toTheLeft = odd(node) || node === last;
    join(step, toTheLeft);
    // At the right edge a node has no neighbour on some levels.
    while (toTheLeft && !odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    [node, last] = [half(node), half(last)];
  }
  return last === 0;
};

/** Checks an inclusion proof as RFC 9162 §2.1.3.2 says. `root` is of the tree of `size` leaves, `leaf` the hash of leaf `index`. */
export const provesInclusion = (index: number, size: number, leaf: Buffer, path: readonly Buffer[], root: Buffer): boolean => {
  if (!(index >= 0 && index < size)) return false;
  let computed = leaf;
  const whole = climbs(index, size - 1, path, (step, toTheLeft) => {
    computed = toTheLeft ? nodeHash(step, computed) : nodeHash(computed, step);
  });
  return whole && computed.equals(root);
};

/** Checks a consistency proof as RFC 9162 §2.1.4.2 says: does the tree of `to` leaves begin with the tree of `from` leaves, from > 0? */
export const provesConsistency = (from: number, to: number, path: readonly Buffer[], fromRoot: Buffer, toRoot: Buffer): boolean => {
  if (!(from > 0 && from <= to)) return false;
  if (from === to) return path.length === 0 && fromRoot.equals(toRoot);
  // A complete old tree is itself the first step of the path.
  const [first, ...others] = Number.isInteger(Math.log2(from)) ? [fromRoot, ...path] : path;
  if (!first) return false;
  let [node, last] = [from - 1, to - 1];
  while (odd(node)) [node, last] = [half(node), half(last)];
  let [old, fresh] = [first, first];
  const whole = climbs(node, last, others, (step, toTheLeft) => {
    if (toTheLeft) old = nodeHash(step, old);
    fresh = toTheLeft ? nodeHash(step, fresh) : nodeHash(fresh, step);
  });
  return whole && old.equals(fromRoot) && fresh.equals(toRoot);
};
