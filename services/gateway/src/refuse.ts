import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { faultOf, type Log } from '@guanxi/service-kit/log';
import { newTraceparent, traceFields, traceIdOf } from '@guanxi/service-kit/trace';
import { isMeant, problemFrom, problemHeaders } from './problem.js';

/** The request's `traceparent`, which the gateway gave it before any door; a new one where it came no further than the parser. */
export const traceparentOf = ({ traceparent }: IncomingHttpHeaders): string => {
  const given = typeof traceparent === 'string' ? traceparent : undefined;
  return given !== undefined && traceIdOf(given) !== undefined ? given : newTraceparent();
};

/** The trace id inside a `traceparent`. */
export const traceOf = (traceparent: string): string => traceparent.slice(3, 35);

/** Writes down an error that nobody meant, under the trace id that the client gets. */
export const report = (log: Log, error: unknown, traceparent: string): void => {
  if (!isMeant(error)) log.error({ ...traceFields(traceparent), ...faultOf(error) }, 'a request failed');
};

/** Answers with a problem. */
export const refuse = (reply: FastifyReply, log: Log, error: unknown, traceparent: string): FastifyReply => {
  report(log, error, traceparent);
  const problem = problemFrom(error, traceOf(traceparent));
  return reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem));
};
