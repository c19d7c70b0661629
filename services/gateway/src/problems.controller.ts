import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from './door.guard.js';
import { listHtml, pageHtml, type Language } from './problems/page.html.js';
import { pages } from './problems/pages.js';
import { Refusal } from './refusal.js';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

const qualityOf = (header: string, wanted: RegExp): number => {
  const found = header.split(',').find((it) => wanted.test(it.trim()));
  return found === undefined ? 0 : Number(/;\s*q=([\d.]+)/.exec(found)?.[1] ?? 1);
};

/** English unless Chinese is asked for, by the link on the page or by `Accept-Language`. */
export const languageOf = (asked: unknown, header = ''): Language => {
  if (asked === 'en' || asked === 'zh') return asked;
  return qualityOf(header, /^zh\b/i) > qualityOf(header, /^en\b/i) ? 'zh' : 'en';
};

/** Browsers name text/html; programs get JSON. */
const wantsHtml = (accept = ''): boolean => accept.includes('text/html');

/** What each problem means and what to do, for people and for programs. */
@Open()
@Controller('problems')
export class ProblemsController {
  @Get()
  list(@Headers() headers: RequestHeaders, @Query('lang') lang: unknown, @Res() reply: FastifyReply): void {
    const language = languageOf(lang, headers['accept-language']);
    const json = { problems: Object.entries(pages).map(([slug, page]) => ({ type: `/problems/${slug}`, title: page[language].title })) };
    this.send(reply, headers, language, json, () => listHtml(pages, language));
  }

  @Get(':slug')
  one(@Param('slug') slug: string, @Headers() headers: RequestHeaders, @Query('lang') lang: unknown, @Res() reply: FastifyReply): void {
    const page = Object.hasOwn(pages, slug) ? pages[slug] : undefined;
    if (!page) throw new Refusal(404, 'not-found', 'There is no problem of this name.');
    const language = languageOf(lang, headers['accept-language']);
    this.send(reply, headers, language, { type: `/problems/${slug}`, ...page[language] }, () => pageHtml(slug, page, language));
  }

  private send(reply: FastifyReply, headers: RequestHeaders, language: Language, json: object, html: () => string): void {
    const asHtml = wantsHtml(headers['accept']);
    void reply
      .headers({
        'content-language': language,
        vary: 'accept, accept-language',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      .type(asHtml ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
      .send(asHtml ? html() : JSON.stringify(json));
  }
}
