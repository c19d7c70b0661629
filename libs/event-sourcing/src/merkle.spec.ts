import { describe, expect, it } from '@jest/globals';
import { emptyEdge, emptyRoot, extend, leafHash, nodeHash, rootOf, subtreesOf, type Grown } from './merkle.js';
import { consistencyStretches, inclusionStretches, provesConsistency, provesInclusion } from './merkle.proof.js';

// The vectors of the reference implementation of RFC 6962 (certificate-transparency, merkletree tests).
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const h01 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const h23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const h4567 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const h4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const h67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const h45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

const leaves = inputs.map((it) => leafHash(Buffer.from(it, 'hex')));
/** RFC 6962 §2.1, word for word. */
const treeHash = (of: readonly Buffer[]): Buffer => {
  if (of.length < 2) return of[0] ?? emptyRoot;
  let cut = 1;
  while (cut * 2 < of.length) cut *= 2;
  return nodeHash(treeHash(of.slice(0, cut)), treeHash(of.slice(cut)));
};
const pathOf = (of: readonly Buffer[], stretches: { from: number; to: number }[]): Buffer[] =>
  stretches.map(({ from, to }) => treeHash(of.slice(from, to)));
const hex = (hashes: readonly Buffer[]): string[] => hashes.map((it) => it.toString('hex'));
const many = Array.from({ length: 70 }, (_, n) => leafHash(`leaf ${n}`));

describe('the tree of RFC 6962', () => {
  it('has the published roots, and grows to them leaf by leaf', () => {
    expect(roots.map((_, size) => rootOf(extend(emptyEdge, leaves.slice(0, size)).hashes).toString('hex'))).toEqual(roots);
    let edge = emptyEdge;
    leaves.forEach((leaf, n) => {
      edge = extend(edge, [leaf]);
      expect(rootOf(edge.hashes).toString('hex')).toBe(roots[n + 1]);
    });
  });
  it('hashes a text as its UTF-8 bytes', () => {
    expect(leafHash('关系 \u0000 😀')).toEqual(leafHash(Buffer.from('关系 \u0000 😀')));
  });
  it('tells every complete subtree once, and falls into them', () => {
    const grown: Grown[] = [];
    const edge = extend(
      extend(emptyEdge, many.slice(0, 33), (it) => grown.push(it)),
      many.slice(33),
      (it) => grown.push(it),
    );
    expect(grown).toHaveLength(70 + 35 + 17 + 8 + 4 + 2 + 1);
    for (const { level, index, hash } of grown) expect(hash).toEqual(treeHash(many.slice(index * 2 ** level, (index + 1) * 2 ** level)));
    const nodes = subtreesOf({ from: 0, to: 70 });
    expect(nodes).toEqual([
      { level: 6, index: 0 },
      { level: 2, index: 16 },
      { level: 1, index: 34 },
    ]);
    expect(nodes.map((node) => grown.find((it) => it.level === node.level && it.index === node.index)?.hash)).toEqual(edge.hashes);
  });
  it('cuts exactly at powers of two, also far out', () => {
    for (let k = 1; k < 45; k++) {
      expect(inclusionStretches(0, 2 ** k + 1)[k]).toEqual({ from: 2 ** k, to: 2 ** k + 1 });
      expect(subtreesOf({ from: 0, to: 2 ** k })).toEqual([{ level: k, index: 0 }]);
      expect(subtreesOf({ from: 0, to: 2 ** k - 1 })).toHaveLength(k);
    }
  });
});

describe('an inclusion proof', () => {
  it.each([
    [0, 1, []],
    [0, 8, [h01, h23, h4567]],
    [5, 8, [h4, h67, roots[4]]],
    [2, 3, [roots[2]]],
    [1, 5, [roots[1], h23, h4]],
  ])('of leaf %d in the tree of %d is the published one, and passes', (index, size, published) => {
    const path = pathOf(leaves, inclusionStretches(index, size));
    expect(hex(path)).toEqual(published);
    expect(provesInclusion(index, size, leaves[index]!, path, Buffer.from(roots[size]!, 'hex'))).toBe(true);
  });
  it('passes for every leaf of every tree, and for no other leaf, size or path', () => {
    for (let size = 1; size <= 20; size++)
      for (let index = 0; index < size; index++) {
        const [root, path] = [treeHash(many.slice(0, size)), pathOf(many, inclusionStretches(index, size))];
        expect(provesInclusion(index, size, many[index]!, path, root)).toBe(true);
        for (const [i, s, leaf, p] of [
          [index ^ 1, size, many[index]!, path],
          [size, size, many[index]!, path],
          [index, size, many[index + 1]!, path],
          [index, size, many[index]!, [...path, root]],
          [index, size, many[index]!, path.slice(1)],
        ] as const)
          expect(provesInclusion(i, s, leaf, p, root) && size > 1).toBe(false);
      }
  });
});

describe('a consistency proof', () => {
  it.each([
    [1, 1, []],
    [1, 8, [h01, h23, h4567]],
    [6, 8, [h45, h67, roots[4]]],
    [2, 5, [h23, h4]],
  ])('from %d to %d is the published one, and passes', (from, to, published) => {
    const path = pathOf(leaves, consistencyStretches(from, to));
    expect(hex(path)).toEqual(published);
    expect(provesConsistency(from, to, path, Buffer.from(roots[from]!, 'hex'), Buffer.from(roots[to]!, 'hex'))).toBe(true);
  });
  it('passes between any two sizes, and between no others', () => {
    for (let to = 1; to <= 20; to++)
      for (let from = 1; from <= to; from++) {
        const [old, fresh] = [treeHash(many.slice(0, from)), treeHash(many.slice(0, to))];
        const path = pathOf(many, consistencyStretches(from, to));
        const forked = treeHash([...many.slice(0, from - 1), leafHash('other')]);
        expect(provesConsistency(from, to, path, old, fresh)).toBe(true);
        expect(provesConsistency(from, to, path, forked, fresh)).toBe(false);
        expect(provesConsistency(from, to, [...path, old], old, fresh)).toBe(false);
        if (from < to) {
          expect(provesConsistency(from, to, path.slice(1), old, fresh)).toBe(false);
          expect(provesConsistency(from, to, path, old, old)).toBe(false);
        }
        expect(provesConsistency(to + 1, to, path, old, fresh)).toBe(false);
      }
  });
});
