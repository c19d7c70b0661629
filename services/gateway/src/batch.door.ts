import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal, Verify } from '@guanxi/service-kit/auth';
import type { Log } from '@guanxi/service-kit/log';
import { unsampled } from '@guanxi/service-kit/trace';
import { lanes } from './batch.lanes.js';
import { readLine } from './batch.line.js';
import type { Line } from './batch.lines.js';
import { GivenUp, patient } from './batch.retry.js';
import { BatchRun } from './batch.run.js';
import { vouched } from './batch.vouch.js';
import type { Call } from './peers.js';
import { problemFrom } from './problem.js';
import { Refusal } from './refusal.js';
import { refuse, report, traceOf, traceparentOf } from './refuse.js';

export interface BatchDoor {
  readonly verify: Verify;
  readonly call: Call;
  readonly log: Log;
  readonly namespace: string;
  /** The gateway's own `Authorization` header. */
  readonly ownToken: () => Promise<string>;
  /** Aborted when the gateway is about to stop. */
  readonly stopping: AbortSignal;
}

/** A trace of a whole file helps nobody; its first lines show how the others went. */
const tracedLines = 20;

/** Holds what a batch needs beside its streams: one trace, one caller, lanes, patience. */
const answering = (door: BatchDoor, principal: Principal, request: FastifyRequest, traceparent: string, hasGone: () => boolean) => {
  const { authorization = '', prefer } = request.headers;
  const headers = { authorization, traceparent, ...(typeof prefer === 'string' && { prefer }) };
  const untraced = { ...headers, traceparent: unsampled(traceparent) };
  const inLane = lanes();
  const call = patient(vouched(door.call, door.ownToken), () => hasGone() || door.stopping.aborted, door.log);
  return async (line: Line): Promise<string | undefined> => {
    try {
      const wish = readLine(line, principal, line.number > tracedLines ? untraced : headers, door.namespace);
      const { body, metadata } = await inLane(wish.names, () => call(wish.service, wish.rpc, wish.bytes, wish.headers));
      // REST says it in a header; who sends a file again wants to know which lines were done before.
      const replayed = metadata['idempotent-replayed'] === 'true' && { replayed: true };
      return `${JSON.stringify({ line: line.number, ok: true, ...replayed, result: wish.print(body) })}\n`;
    } catch (error) {
      if (error instanceof GivenUp) return undefined;
      report(door.log, error, traceparent);
      return `${JSON.stringify({ line: line.number, ok: false, problem: problemFrom(error, traceOf(traceparent)) })}\n`;
    }
  };
};

const open = (door: BatchDoor) => async (request: FastifyRequest, reply: FastifyReply) => {
  const traceparent = traceparentOf(request.headers);
  try {
    const principal = await door.verify(request.headers.authorization);
    if (request.headers['content-encoding'] !== undefined) throw new Refusal(415, 'media-type-unsupported', 'Send the body uncompressed.');
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' });
    reply.raw.flushHeaders();
    const run: BatchRun = new BatchRun(
      request.raw,
      reply.raw,
      answering(door, principal, request, traceparent, () => run.hasGone()),
    );
    const stop = (): void => run.stop();
    door.stopping.addEventListener('abort', stop);
    await run.run();
    door.stopping.removeEventListener('abort', stop);
  } catch (error) {
    // The rest of the body is not read.
    reply.header('connection', 'close');
    return refuse(reply, door.log, error, traceparent);
  }
};

/** `POST /v1/commands:batch`: NDJSON both ways, any number of lines, each one a command of its own. */
export const batchDoor = (fastify: FastifyInstance, door: BatchDoor): void => {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-ndjson', (_request, payload, parsed) => parsed(null, payload));
    scope.post('/v1/commands::batch', open(door));
    done();
  });
};
