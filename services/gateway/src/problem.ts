import { Rejection } from '@guanxi/event-sourcing/rejection';
import { Failure, problemOf, type Problem } from '@guanxi/service-kit/errors';
import { pages } from './problems/pages.js';
import { Refusal } from './refusal.js';

/** Seconds after which a refused request may be worth another try. */
const retryAfterS: Readonly<Record<number, string>> = { 429: '1', 503: '2' };

/** What ended a request, as far as somebody meant it to: anything else is a fault of ours. */
export const isMeant = (error: unknown): error is Refusal | Rejection | Failure =>
  error instanceof Refusal || error instanceof Rejection || error instanceof Failure;

const bodyOf = (error: unknown, traceId: string): Problem => {
  if (!isMeant(error)) return problemOf(new Failure(traceId), traceId);
  if (!(error instanceof Refusal)) return problemOf(error, traceId);
  const { slug, status, message, errors } = error;
  return { type: `/problems/${slug}`, title: slug, status, detail: message, errors, traceId };
};

/** RFC 9457 body of whatever ended a request; an error that nobody meant becomes 500 and tells nothing but the trace id. */
export const problemFrom = (error: unknown, traceId: string): Problem => {
  const problem = bodyOf(error, traceId);
  const page = pages[problem.type.slice('/problems/'.length)];
  return page ? { ...problem, title: page.en.title } : problem;
};

/** Headers that go with a problem. */
export const problemHeaders = ({ status }: Problem): Record<string, string> => {
  const retry = retryAfterS[status];
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(retry !== undefined && { 'retry-after': retry }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
};
