import type { Page, Pages, Words } from './page.js';

export type Language = 'en' | 'zh';

const labels = {
  en: { all: 'All problems', meaning: 'What it means', remedy: 'What to do', other: '中文' },
  zh: { all: '全部问题', meaning: '含义', remedy: '怎么办', other: 'English' },
} as const;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const html = (text: string): string => text.replaceAll(/[&<>"]/g, (char) => entities[char] ?? char).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const style = `body{font:16px/1.6 system-ui,"Noto Sans SC",sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1d2430;background:#fff}
h1{font-size:1.6rem;line-height:1.3;margin:.2rem 0 1.5rem}h2{font-size:1rem;margin:1.5rem 0 .2rem;color:#52606f}p{margin:0}code{background:#f0f3f6;border-radius:3px;padding:.1em .3em;font-size:.92em}
nav{display:flex;justify-content:space-between;font-size:.9rem;margin-bottom:1.5rem}a{color:#0b5cad}li{margin:.4rem 0}
@media(prefers-color-scheme:dark){body{background:#14181d;color:#dde3ea}h2{color:#9aa7b4}code{background:#232a32}a{color:#7db8f5}}`;

const frame = (language: Language, title: string, here: string, body: string): string => {
  const other = language === 'en' ? 'zh' : 'en';
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)} · Guanxi</title><style>${style}</style></head>
<body><nav><a href="/problems?lang=${language}">${labels[language].all}</a><a href="${here}?lang=${other}" lang="${other}" hreflang="${other}">${labels[language].other}</a></nav>
${body}
</body></html>
`;
};

/** One problem's page. */
export const pageHtml = (slug: string, page: Page, language: Language): string => {
  const { title, meaning, remedy }: Words = page[language];
  const body = `<main><h1>${html(title)}</h1><p><code>/problems/${slug}</code></p>
<h2>${labels[language].meaning}</h2><p>${html(meaning)}</p><h2>${labels[language].remedy}</h2><p>${html(remedy)}</p></main>`;
  return frame(language, title, `/problems/${slug}`, body);
};

/** The list of all problems. */
export const listHtml = (pages: Pages, language: Language): string => {
  const items = Object.entries(pages).map(
    ([slug, page]) => `<li><a href="/problems/${slug}?lang=${language}">${html(page[language].title)}</a> <code>${slug}</code></li>`,
  );
  return frame(language, labels[language].all, '/problems', `<main><h1>${labels[language].all}</h1><ul>\n${items.join('\n')}\n</ul></main>`);
};
