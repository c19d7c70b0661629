import { fromBinary, toJson, type DescMessage } from '@bufbuild/protobuf';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify';
import type { Query } from '@guanxi/contracts/request';
import { printed } from '@guanxi/contracts/json';
import type { Route } from '@guanxi/contracts/routes';
import { sourceOf } from '@guanxi/contracts/services';
import { policyOf, roleFor } from '@guanxi/service-kit/access';
import type { Verify } from '@guanxi/service-kit/auth';
import type { Log } from '@guanxi/service-kit/log';
import type { WireAnswer } from '@guanxi/service-kit/wire.line';
import { splitAsOf } from './as-of.query.js';
import type { JsonObject } from './json.reader.js';
import type { Call, CallHeaders } from './peers.js';
import { Refusal } from './refusal.js';
import { refuse, traceparentOf } from './refuse.js';
import { readRequest } from './request.reader.js';

/** What the doors work with. */
export interface Doors {
  readonly verify: Verify;
  readonly call: Call;
  readonly log: Log;
}

const passed = ['authorization', 'idempotency-key', 'if-match', 'prefer'] as const;

/** The headers of a request that its service sees. */
export const callHeaders = (headers: IncomingHttpHeaders, traceparent: string): CallHeaders => {
  const out: Record<string, string> = { traceparent };
  for (const name of passed) {
    const value = headers[name];
    if (typeof value === 'string') out[name] = value;
  }
  return out;
};

const print = (desc: DescMessage, bytes: Uint8Array): JsonObject => printed(desc, toJson(desc, fromBinary(desc, bytes)) as JsonObject);

/** Compiles what goes back: status, `ETag`, `Location` and the printed message. */
const answerer = ({ kind, verb, created, path, method: { output } }: Route): ((reply: FastifyReply, answer: WireAnswer) => FastifyReply) => {
  const versioned = kind === 'command' || (verb === 'GET' && path.length === 1 && output.fields.some((field) => field.name === 'version'));
  return (reply, { body, metadata }) => {
    const json = print(output, body);
    reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store');
    if (versioned) reply.header('etag', `"${String(json['version'])}"`);
    if (metadata['idempotent-replayed'] === 'true') reply.header('idempotent-replayed', 'true');
    for (const name of ['as-of', 'as-of-position']) if (metadata[name] !== undefined) reply.header(name, metadata[name]);
    if (created !== undefined) reply.code(201).header('location', created.replace(/\{[^}]+\}/, String(json['id'])));
    return reply.send(JSON.stringify(json));
  };
};

type RestRequest = FastifyRequest<{ Params: Record<string, string>; Querystring: Query; Body: Buffer | undefined }>;

const demandPlain = ({ 'content-encoding': encoding }: IncomingHttpHeaders): void => {
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal(415, 'media-type-unsupported', 'Send the body uncompressed.');
};

/** Hangs up on a client that lets its body drip in. Node's own limit would end long batches too. */
const inTime =
  (ms: number): preParsingHookHandler =>
  ({ raw }, _reply, payload, done) => {
    const timer = setTimeout(() => raw.destroy(), ms);
    raw.once('close', () => clearTimeout(timer));
    done(null, payload);
  };

/** The REST routes of the contracts: each one forwards its request to the service that it belongs to. */
export const restDoor = (fastify: FastifyInstance, routes: readonly Route[], { verify, call, log }: Doors, bodyMs = 30_000): void => {
  const preParsing = inTime(bodyMs);
  for (const route of routes) {
    const policy = policyOf(route.method);
    const service = sourceOf(route.service);
    const rpc = `/${route.service.typeName}/${route.method.name}`;
    const answer = answerer(route);
    const split = splitAsOf(route);
    const handler = async (request: RestRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { headers } = request;
      const traceparent = traceparentOf(headers);
      try {
        if (!policy.open) roleFor(await verify(headers.authorization), policy);
        demandPlain(headers);
        const { query, headers: moment } = split(request.query);
        const bytes = readRequest(route, request.params, query, request.body);
        return answer(reply, await call(service, rpc, bytes, { ...callHeaders(headers, traceparent), ...moment }));
      } catch (error) {
        return refuse(reply, log, error, traceparent);
      }
    };
    fastify.route({ method: route.verb, url: route.url, handler: handler as never, ...(route.hasBody && { preParsing }) });
  }
};
