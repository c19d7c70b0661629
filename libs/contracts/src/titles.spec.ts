import { describe, expect, it } from '@jest/globals';
import { titlesText } from './documents.js';
import { contracts } from './services.js';
import { titleOf, type Titles } from './titles.js';

describe('the title of an event', () => {
  it.each([
    ['An order was recorded. 订单已登记', 'An order was recorded · 订单已登记'],
    ['A person left. It is not known why.\n 已离职', 'A person left · 已离职'],
    ['The case went up a level: nobody answered in time. 已升级（投诉）', 'The case went up a level: nobody answered in time · 已升级（投诉）'],
    ['Only English.', 'Only English'],
    ['', ''],
  ])('is the first sentence of its comment, with the Chinese term: %j', (comment, title) => {
    expect(titleOf(comment)).toBe(title);
  });
  it('is there for every event, in both languages, short enough for a line', () => {
    const titles = JSON.parse(titlesText()) as Titles;
    expect(Object.keys(titles).sort()).toEqual([...contracts.events.keys()].sort());
    for (const [type, title] of Object.entries(titles))
      expect([type, title]).toEqual([type, expect.stringMatching(/^\p{Lu}.{5,110} · \p{Script=Han}.*$/u)]);
  });
});
