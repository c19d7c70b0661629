import { describe, expect, it } from '@jest/globals';
import { dialled, plain, searchable, termsOf, whole, wholesOf, wordsOf } from './search.terms.js';

/** As PostgreSQL does it: all terms, and the text decides. */
const finds = (query: string, ...texts: string[]): boolean => {
  const [terms, text] = [new Set(termsOf(texts)), searchable(texts)];
  const wholes = new Set(texts.map(whole));
  const word = (it: ReturnType<typeof wordsOf>[number]) =>
    wholes.has(it.whole) || (it.terms.length > 0 && it.terms.every((term) => terms.has(term)) && text.includes(it.like.replaceAll('%', '')));
  return wholesOf(query).some((it) => wholes.has(it)) || wordsOf(query).every(word);
};

describe('a query finds', () => {
  it.each([
    ['行', '上海银行'],
    ['银行', '上海银行股份'],
    ['上海银行', '上海·银行'],
    ['上海 股份', '上海银行股份'],
    ['abc', 'ＡＢＣ贸易'],
    ['ＡＢＣ贸', 'abc贸易'],
    ['tra', 'ABC Trading'],
    ['trading shang', 'Shanghai Trading'],
    ['internationalisat', 'Internationalisation Ltd'],
    ['3m公司', '中国3M公司'],
    ['国3', '中国3M公司'],
    ["o'brien", 'Mary O’Brien'],
    ['wang@x.com', 'wang@x.com'],
    ['ｱﾙﾌﾟｽ', 'アルプス電気'],
    ['★★', '★★'],
  ])('%s in %s', (query, text) => expect(finds(query, text)).toBe(true));
  it('words in several texts', () => expect(finds('王 vip', '王伟', 'VIP 2026')).toBe(true));
  it('a telephone number by itself, with its country’s code, by its beginning, and written with blanks', () => {
    for (const query of ['13800138000', '+8613800138000', '8613800', '1380013', '+86 138-0013-8000', '138 0013 8000'])
      expect(finds(query, ...dialled('+8613800138000'))).toBe(true);
  });
});

describe('a query does not find', () => {
  it.each([
    ['海上', '上海银行'],
    ['上海行', '上海银海行'],
    ['上海海行', '上海，海上，海行'],
    ['rading', 'ABC Trading'],
    ['abc x', 'ABC Trading'],
    ['internationalx', 'Internationalisation Ltd'],
    ['★', '★★'],
    ['!?', '上海银行'],
    ['%', '100% Wool'],
  ])('%s in %s', (query, text) => expect(finds(query, text)).toBe(false));
  it('a word that reaches from one text into the next', () => expect(finds('伟上海', '王伟', '上海')).toBe(false));
});

describe('terms', () => {
  it('are characters and pairs of Chinese, and beginnings of other words', () =>
    expect(termsOf(['上海银行', 'Bank'])).toEqual(['上', '海', '银', '行', '上海', '海银', '银行', 'b', 'ba', 'ban', 'bank']));
  it('are short whatever the text, since an index entry has less than 2,712 bytes', () => {
    const text = 'ﷺ'.repeat(500);
    for (const term of [...termsOf([text, 'é'.repeat(500)]), whole(text)]) expect(Buffer.byteLength(term)).toBeLessThan(2000);
  });
  it('hold nothing that PostgreSQL refuses', () => expect(plain('a\u0000b\ud800c\td')).toBe('abc d'));
  it('of a telephone number know the codes of one, two and three digits', () =>
    expect(['+12025550123', '+8613800138000', '+85291234567'].map((it) => dialled(it)[1])).toEqual(['2025550123', '13800138000', '91234567']));
});
