// Scripts that are written without blanks between words.
const blankless = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Thai}';
const runs = new RegExp(`[${blankless}]+|(?:(?![${blankless}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');
const isBlankless = new RegExp(`^[${blankless}]`, 'u');

// Longer beginnings find hardly less, and a name would have as many terms as letters.
const longestBeginning = 8;

/** Width and case do not count: `ＡＢＣ` is `abc`. Signs that nobody sees are left out; PostgreSQL would refuse some of them. */
export const plain = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase().replace(/\s+/gu, ' ').replace(/\p{C}/gu, '').trim();

/** Runs of letters and digits of one manner of writing; what stands between Chinese characters does not part them. */
const runsOf = (text: string): string[] =>
  (plain(text).match(runs) ?? []).reduce<string[]>((all, run) => {
    const before = all.at(-1);
    if (before === undefined || !isBlankless.test(before) || !isBlankless.test(run)) return [...all, run];
    return [...all.slice(0, -1), before + run];
  }, []);

/** A text as it is searched: its runs of letters and digits, each after a blank, Chinese ones too. */
export const searchable = (texts: readonly string[]): string =>
  texts
    .map((it) =>
      runsOf(it)
        .map((run) => ` ${run}`)
        .join(''),
    )
    .join(' |');

const pairs = (letters: readonly string[]): string[] => letters.slice(1).map((it, n) => `${letters[n] ?? ''}${it}`);
const beginning = (run: string): string => [...run].slice(0, longestBeginning).join('');
const beginnings = (run: string): string[] => [...beginning(run)].map((_, n, all) => all.slice(0, n + 1).join(''));

/** What an index finds a text by: of Chinese every character and every pair, of other scripts the beginnings of every word. */
export const termsOf = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap(runsOf).flatMap((run) => (isBlankless.test(run) ? [...run, ...pairs([...run])] : beginnings(run)))),
];

// An index entry has less than 2,712 bytes.
const longestWhole = 200;

/** The term of a text that is meant whole: an identifier, a name, a telephone number. */
export const whole = (text: string): string => `=${[...plain(text)].slice(0, longestWhole).join('')}`;

/** What one word of a query asks for. */
export interface Word {
  /** All of these terms, … */
  readonly terms: readonly string[];
  /** … and this in the searchable text, for LIKE; … */
  readonly like: string;
  /** … or this term. */
  readonly whole: string;
}

const termsFor = (run: string): string[] => {
  if (!isBlankless.test(run)) return [beginning(run)];
  const letters = [...run];
  return letters.length === 1 ? letters : pairs(letters);
};

/** The words of a query. One of nothing but signs has no terms, and is found only as a whole. */
export const wordsOf = (query: string): Word[] =>
  plain(query)
    .split(' ')
    .map((word) => {
      const found = runsOf(word);
      const text = found.join(' ');
      // Chinese is found anywhere; a word only where it begins.
      return { terms: found.flatMap(termsFor), like: isBlankless.test(text) ? `%${text}%` : `% ${text}%`, whole: whole(word) };
    });

/** The terms of a query that is meant whole: itself, and a telephone number that is written with blanks and signs. */
export const wholesOf = (query: string): string[] => [
  whole(query),
  ...(/^\+?[\d\s().-]{6,}$/.test(plain(query)) ? [`=${query.normalize('NFKC').replace(/\D/g, '')}`] : []),
];

// ITU-T E.164: one, two or three digits, told apart by the first ones.
const callingCode = /^\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** A telephone number as people know it: with the country's code, and without. */
export const dialled = (phone: string): string[] => [phone.slice(1), phone.replace(callingCode, '')];
