import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '@guanxi/service-kit/log';
import type { Addresses } from './addresses.js';
import { isMeant } from './problem.js';
import { Refusal } from './refusal.js';
import { refuse, traceparentOf } from './refuse.js';

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
};

const framework: Readonly<Record<number, () => Refusal>> = {
  400: () => new Refusal(400, 'unreadable', 'The HTTP request cannot be read.'),
  413: () => new Refusal(413, 'too-large', 'A body has at most 262,144 bytes.'),
  415: () => new Refusal(415, 'media-type-unsupported', 'Send application/json, or application/x-ndjson to the batch door.'),
};

/** Nest's and Fastify's own refusals in our words; anything else stays what it is. */
export const understood = (error: unknown, request: FastifyRequest, addresses: Addresses, reply: FastifyReply): unknown => {
  const status = statusOf(error);
  if (isMeant(error) || status === undefined || status >= 500) return error;
  const known = framework[status];
  if (known) return known();
  const methods = addresses.methodsAt(request.url.split('?', 1)[0] ?? '');
  // The path alone may look right while the router found something in it that no id has.
  if (methods.length === 0 || methods.includes(request.method)) return new Refusal(404, 'no-such-address', 'There is nothing at this address.');
  reply.header('allow', methods.join(', '));
  return new Refusal(405, 'method-not-allowed', `This address takes ${methods.join(', ')}.`);
};

/** Every error that a controller or the framework throws leaves as a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly addresses: Addresses,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    refuse(reply, this.log, understood(error, request, this.addresses, reply), traceparentOf(request.headers));
  }
}
