import { SpanKind, SpanStatusCode, type Attributes, type Meter } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { durationHistogram, observe } from '@guanxi/service-kit/meter';
import { beginSpan, type Begun } from '@guanxi/service-kit/span';
import { newTraceparent, traceIdOf } from '@guanxi/service-kit/trace';

/** `/v1/orders/:order_id([^:/]+)::return` → `/v1/orders/{order_id}:return`, as the contract has it. */
const templateOf = (url: string): string =>
  url.replaceAll(/::|:(\w+)(?:\([^)]*\))?/g, (_, name?: string) => (name === undefined ? ':' : `{${name}}`));

const templates = new Map<string, string>();

/** Never the address itself, which holds ids and what was searched for; `none` where there is nothing at it. */
const routeOf = ({ routeOptions: { url } }: FastifyRequest): string => {
  if (url === undefined) return 'none';
  const known = templates.get(url) ?? templateOf(url);
  templates.set(url, known);
  return known;
};

/** A client that left before it was answered, as nginx names it. */
const left = 499;

const begin = ({ method, headers: { traceparent } }: FastifyRequest, route: string): Begun => {
  const given = typeof traceparent === 'string' && traceIdOf(traceparent) !== undefined ? traceparent : undefined;
  // Probes and documents begin no traces.
  if (given === undefined && !route.startsWith('/v1/')) return { span: undefined, traceparent: undefined };
  const attributes = { 'http.request.method': method, 'http.route': route };
  return beginSpan(given, { name: `${method} ${route}`, kind: SpanKind.SERVER, attributes });
};

/**
 * Stands before every request: gives it a `traceparent` of the gateway's own, under which every door and every service works on it,
 * and counts and times it by route and status when its connection is done with it.
 */
export const watchRequests = (fastify: FastifyInstance, meter: Meter): void => {
  const durations = durationHistogram(meter, 'http_server_request_duration_seconds', 'Requests from their headers to the end of their answer.');
  const open = new Map<string, number>();
  observe(meter, {
    http_server_active_requests: {
      description: 'Requests under way, by route: batches, and clients of live changes, stay long.',
      read: () => [...open].map(([route, count]) => [count, { http_route: route }] as const),
    },
  });
  fastify.addHook('onRequest', (request, { raw }, done) => {
    const began = performance.now();
    const route = routeOf(request);
    const { span, traceparent } = begin(request, route);
    request.headers.traceparent = traceparent ?? newTraceparent();
    open.set(route, (open.get(route) ?? 0) + 1);
    raw.once('close', () => {
      open.set(route, (open.get(route) ?? 1) - 1);
      const status = raw.headersSent ? raw.statusCode : left;
      const labels: Attributes = { http_request_method: request.method, http_route: route, http_response_status_code: status };
      durations.record((performance.now() - began) / 1e3, labels);
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.setAttribute('http.response.status_code', status).end();
    });
    done();
  });
};
