import { fromBinary } from '@bufbuild/protobuf';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CustomerPageQueries, GetCustomerPageRequestSchema } from '@guanxi/contracts/guanxi/gateway/v1/customer_pb';
import type { Query } from '@guanxi/contracts/request';
import { routes } from '@guanxi/contracts/routes';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { policyOf, roleFor } from '@guanxi/service-kit/access';
import type { Principal } from '@guanxi/service-kit/auth';
import { serviceToken } from '@guanxi/service-kit/service.token';
import { demandValid } from '@guanxi/service-kit/validation';
import { changesOf } from './changes.history.js';
import { placesOf } from './changes.place.js';
import { ChangesStream } from './changes.stream.js';
import { Tail } from './changes.tail.js';
import { askSection } from './customer.ask.js';
import { ruleAgainst, sectionNames, sections } from './customer.sections.js';
import type { Gateway } from './gateway.context.js';
import { Refusal } from './refusal.js';
import { refuse, traceparentOf } from './refuse.js';
import { readRequest } from './request.reader.js';
import { endsIn } from './token.end.js';

type ChangesRequest = FastifyRequest<{ Params: Record<string, string>; Querystring: Query }>;

/** Each one costs a connection and some memory. */
const mostStreams = 2_000;

const { getCustomerPage } = CustomerPageQueries.method;
const policy = policyOf(getCustomerPage);
const page = routes.find((it) => it.method === getCustomerPage)!;
const services = Object.values(sections);

const customerOf = ({ params, query }: ChangesRequest): string => {
  const request = fromBinary(GetCustomerPageRequestSchema, readRequest(page, params, query, undefined));
  demandValid(GetCustomerPageRequestSchema, request);
  return request.accountId.toLowerCase();
};

const head = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies of nginx's kind would gather events.
  'x-accel-buffering': 'no',
};

/** `GET /v1/customers/{account_id}/changes`: server-sent events, one for each change of one customer in any service. */
export const changesDoor = (fastify: FastifyInstance, { peers, verify, log, stopping, config }: Gateway): void => {
  const { serviceTokenFile, partitions } = config;
  const read = changesOf(peers.call, serviceToken(serviceTokenFile ?? ''));
  const running = services.filter((it) => peers.has(it));
  const tails = new Map(running.map((service) => [service as string, new Tail(service, read, stopping, log)]));
  let streams = 0;

  /** Refuses an account that accounts does not know; one that cannot be looked up now is followed. */
  const demandKnown = async (customer: string, principal: Principal, authorization: string): Promise<void> => {
    if (ruleAgainst('account', principal) !== undefined) return;
    await askSection(peers.call, 'account', customer, { authorization }).catch((error: unknown) => {
      if (error instanceof Rejection && error.kind === 'not-found') throw error;
    });
  };

  const open = async (request: ChangesRequest, reply: FastifyReply): Promise<unknown> => {
    const { headers } = request;
    try {
      const principal = await verify(headers.authorization);
      roleFor(principal, policy);
      const customer = customerOf(request);
      const given = headers['last-event-id'];
      const places = placesOf(typeof given === 'string' ? given : '', services);
      if (serviceTokenFile === undefined)
        throw new Refusal(503, 'changes-not-served', 'This gateway has no token of its own to read histories with.');
      if (streams >= mostStreams) throw new Refusal(429, 'too-much-at-once', 'Too many streams at once at this gateway; try again a little later.');
      await demandKnown(customer, principal, headers.authorization ?? '');
      reply.hijack();
      const output = reply.raw;
      output.writeHead(200, head);
      const stop = (): void => void output.end();
      stopping.addEventListener('abort', stop);
      streams++;
      const without = new Set(sectionNames.filter((it) => ruleAgainst(it, principal) !== undefined));
      const endsMs = endsIn(headers.authorization);
      const partition = partitionOf(customer, partitions);
      await new ChangesStream({ output, customer, partition, without, places, tails, read, endsMs }).run().finally(() => streams--);
      return stopping.removeEventListener('abort', stop);
    } catch (error) {
      return refuse(reply, log, error, traceparentOf(headers));
    }
  };
  // A stream without a body would never end.
  fastify.route({ method: 'GET', url: `${page.url}/changes`, exposeHeadRoute: false, handler: open as never });
};
