import { getOption, hasOption, type DescField, type DescMethod, type DescService } from '@bufbuild/protobuf';
import { http } from './google/api/annotations_pb.js';
import type { HttpRule } from './google/api/http_pb.js';
import { contracts, isCommands } from './services.js';

/** The HTTP method of a route. */
export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One REST route of an rpc, from its `google.api.http` option; additional bindings are routes of their own. */
export interface Route {
  readonly verb: Verb;
  /** As the contract and OpenAPI write it: `/v1/orders/{order_id}:return`. */
  readonly template: string;
  /** As Fastify's router (find-my-way) needs it: `/v1/orders/:order_id([^:/]+)::return`. */
  readonly url: string;
  readonly service: DescService;
  readonly method: DescMethod;
  readonly kind: 'command' | 'query';
  /** Is the request the JSON body? Else it is the query string. */
  readonly hasBody: boolean;
  /** Fields that the path fills, in its order. */
  readonly path: readonly DescField[];
  /** Template of the thing that the command creates, for `Location`: `/v1/orders/{order_id}`. Undefined where it creates nothing. */
  readonly created: string | undefined;
}

const placeholder = /\{([^}]+)\}/g;

/** find-my-way takes `::` for a literal colon, and a parameter would swallow the verb behind it unless it excludes colons. */
const urlOf = (template: string): string => template.replaceAll(':', '::').replaceAll(placeholder, ':$1([^:/]+)');

const pathFields = (method: DescMethod, template: string): DescField[] =>
  [...template.matchAll(placeholder)].map(([, name]) => {
    const field = method.input.fields.find((it) => it.name === name);
    if (!field || field.fieldKind !== 'scalar') throw new Error(`${method.toString()}: {${name ?? ''}} is not a plain field of ${method.input.name}`);
    return field;
  });

const bindings = (method: DescMethod): HttpRule[] => {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings];
};

const routeOf = (service: DescService, method: DescMethod, rule: HttpRule): Omit<Route, 'created'> => {
  const { case: verb, value: template } = rule.pattern;
  if (verb === undefined || verb === 'custom') throw new Error(`${method.toString()}: a route needs get, post, put, patch or delete`);
  if (rule.body !== '' && rule.body !== '*') throw new Error(`${method.toString()}: the body is "*" or nothing, not "${rule.body}"`);
  return {
    verb: verb.toUpperCase() as Verb,
    template,
    url: urlOf(template),
    service,
    method,
    kind: isCommands(service) ? 'command' : 'query',
    hasBody: rule.body === '*',
    path: pathFields(method, template),
  };
};

/** `POST /v1/orders` creates what `GET /v1/orders/{order_id}` shows, unless its request names an order already. */
const createdBy = (route: Omit<Route, 'created'>, all: readonly Omit<Route, 'created'>[]): string | undefined => {
  if (route.kind !== 'command' || route.path.length) return undefined;
  const [collection] = route.template.split(':');
  const one = all.find((it) => it.verb === 'GET' && it.path.length === 1 && it.template === `${collection}/{${it.path[0]?.name}}`);
  return one && !route.method.input.fields.some((it) => it.name === one.path[0]?.name) ? one.template : undefined;
};

/** The REST routes of these services. @throws Error where a route is declared twice or cannot be served */
export const routesOf = (services: Iterable<DescService>): Route[] => {
  const all = [...services].flatMap((service) => service.methods.flatMap((method) => bindings(method).map((rule) => routeOf(service, method, rule))));
  const seen = new Set<string>();
  for (const { verb, url } of all) {
    const shape = `${verb} ${url.replaceAll(/:\w+\(/g, ':(')}`;
    if (seen.has(shape)) throw new Error(`${verb} ${url} is declared twice`);
    seen.add(shape);
  }
  return all.map((route) => ({ ...route, created: createdBy(route, all) }));
};

/** The REST routes of every contract. */
export const routes: readonly Route[] = routesOf(contracts.services.values());
