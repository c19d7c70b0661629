import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { languageOf } from './problems.controller.js';
import { pages } from './problems/pages.js';
import { openHouse, type House } from './testing/house.js';

describe('problem pages', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(() => ({}));
  });
  afterAll(() => house.close());
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(house.url + path, { headers });
  const { en, zh } = pages['unknown-field']!;

  it('are JSON for programs and HTML for browsers, without a token', async () => {
    const json = await ask('/problems/unknown-field');
    expect(await json.json()).toEqual({ type: '/problems/unknown-field', ...en });
    const html = await ask('/problems/unknown-field', { accept: 'text/html,application/xhtml+xml;q=0.9' });
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await html.text()).toContain(`<h1>${en.title}</h1>`);
  });
  it('are in Chinese where that is preferred', async () => {
    const answered = await ask('/problems/unknown-field', { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' });
    expect([answered.headers.get('content-language'), answered.headers.get('vary')]).toEqual(['zh', 'accept, accept-language']);
    expect(await answered.json()).toEqual({ type: '/problems/unknown-field', ...zh });
    expect(await (await ask('/problems/unknown-field?lang=zh', { accept: 'text/html' })).text()).toContain('<html lang="zh">');
  });
  it.each([
    ['', 'en'],
    ['en-GB', 'en'],
    ['zh', 'zh'],
    ['en,zh;q=0.9', 'en'],
    ['zh-TW;q=0.9,en;q=0.3', 'zh'],
    ['fr,zh;q=0.1', 'zh'],
    ['fr', 'en'],
    ['zh;q=0', 'en'],
    ['nonsense;;q=x', 'en'],
  ])('are for Accept-Language %j in %s', (header, language) => {
    expect(languageOf(undefined, header)).toBe(language);
  });
  it('are listed', async () => {
    const { problems } = (await (await ask('/problems')).json()) as { problems: { type: string; title: string }[] };
    expect(problems).toContainEqual({ type: '/problems/unknown-field', title: en.title });
    expect(problems).toHaveLength(Object.keys(pages).length);
    expect(await (await ask('/problems', { accept: 'text/html' })).text()).toContain('href="/problems/unknown-field?lang=en"');
  });
  it('are problems themselves where there is none', async () => {
    for (const slug of ['nobody-knows', '__proto__', 'constructor', '%3Cscript%3E']) {
      const answered = await ask(`/problems/${slug}`);
      expect([answered.status, ((await answered.json()) as { type: string }).type]).toEqual([404, '/problems/not-found']);
    }
  });
  it('say three things in both languages', () => {
    for (const [slug, page] of Object.entries(pages)) {
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const words of [page.en, page.zh]) for (const text of Object.values(words) as string[]) expect(text.length).toBeGreaterThan(2);
      expect(page.zh.meaning).toMatch(/\p{Script=Han}/u);
      expect(page.en.meaning).not.toMatch(/\p{Script=Han}/u);
    }
  });
});
