import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pages } from './pages.js';

const root = new URL('../../../../', import.meta.url).pathname;

const sources = ['libs', 'services'].flatMap((folder) =>
  readdirSync(join(root, folder)).flatMap((name) => {
    const src = join(root, folder, name, 'src');
    return readdirSync(src, { recursive: true, encoding: 'utf8' }).map((file) => join(src, file));
  }),
);
const generated = /\/contracts\/src\/(guanxi|google|buf)\//;
const ours = sources.filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.split(sep).includes('testing') && !generated.test(file),
);

const slug = String.raw`'([a-z0-9]+(?:-[a-z0-9]+)*)'`;
const kinds = 'invalid|unauthenticated|forbidden|not-found|conflict|stale|exhausted|unavailable';
/** The ways in which the source names a slug. */
const ways = [
  String.raw`\bnew Rejection\(\s*${slug}`,
  String.raw`\b(?:invalid|unreadable|fault|rule(?:<\w+>)?)\(\s*${slug}`,
  String.raw`\bnew Refusal\(\s*\d+,\s*${slug}`,
  String.raw`\bslug: ${slug}`,
  String.raw`\[${slug}, '(?:${kinds})', `,
].map((way) => new RegExp(way, 'g'));

const slugsIn = (text: string): string[] => {
  const code = text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const streams = [...code.matchAll(/\bstream: '(\w+)'/g)].map(
    ([, stream]) => `${stream!.replaceAll(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)}-not-found`,
  );
  return [...streams, ...ways.flatMap((way) => [...code.matchAll(way)].map(([, found]) => found!))];
};
const used = new Map(ours.flatMap((file) => slugsIn(readFileSync(file, 'utf8')).map((it) => [it, file.slice(root.length)] as const)));

describe('slugs', () => {
  it('have a page each, wherever they are used', () => {
    expect([...used].filter(([it]) => !Object.hasOwn(pages, it))).toEqual([]);
    expect(used.size).toBeGreaterThan(50);
  });
  it('that have a page are used somewhere', () => {
    const texts = ours.filter((file) => !file.includes('/problems/')).map((file) => readFileSync(file, 'utf8'));
    const named = (it: string): boolean => used.has(it) || texts.some((text) => text.includes(`'${it}'`));
    expect(Object.keys(pages).filter((it) => !named(it))).toEqual([]);
  });
});
