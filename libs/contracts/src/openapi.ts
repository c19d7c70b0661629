import type { AnyDesc, DescField, FileRegistry } from '@bufbuild/protobuf';
import { doorResponses, doorSchemas } from './openapi.door-schemas.js';
import { doors } from './openapi.doors.js';
import { operationOf } from './openapi.operations.js';
import { schemas } from './openapi.schema.js';
import type { Schema } from './openapi.rules.js';
import { routesOf, type Route } from './routes.js';
import { registry } from './services.js';

/** The leading comment of a proto element, '' where there is none. */
export type Comments = (desc: Exclude<AnyDesc, { kind: 'file' }>) => string;

const header = (description: string, schema: Schema = { type: 'string' }): Schema => ({ description, schema });

const headers = {
  ETag: header('The version, in quotes: `"3"`.'),
  Location: header('Path of the thing that was created.'),
  IdempotentReplayed: header('`true` where this is the first answer to the same key and request.', { type: 'string', enum: ['true'] }),
  AsOf: header('Where a moment was asked for: its time.', { type: 'string', format: 'date-time' }),
  AsOfPosition: header('Where a moment was asked for: the last event of the service’s own history that was folded.', {
    type: 'string',
    pattern: '^[0-9]{1,15}$',
  }),
  RetryAfter: header('Seconds.', { type: 'integer', minimum: 0 }),
};

const headerParameter = (name: string, description: string, schema: Schema): Schema => ({ name, in: 'header', required: false, description, schema });

const queryParameter = (name: string, description: string, schema: Schema): Schema => ({ name, in: 'query', required: false, description, schema });

const parameters = {
  IdempotencyKey: headerParameter('Idempotency-Key', 'The same key and request are done once, by subject and service, for ever.', {
    type: 'string',
    minLength: 1,
    maxLength: 200,
  }),
  IfMatch: headerParameter('If-Match', 'Do it only at this version of the thing: `"3"`.', { type: 'string', pattern: '^"[0-9]+"$' }),
  AsOf: queryParameter('asOf', 'As it stood at this time, folded from what was recorded by then; 422 in the future.', {
    type: 'string',
    format: 'date-time',
  }),
  AsOfPosition: queryParameter('asOfPosition', 'As it stood right after this event of the service’s own history; not beside `asOf`.', {
    type: 'string',
    pattern: '^[0-9]{1,15}$',
  }),
  Prefer: headerParameter('Prefer', '`respond-async`: answer before the views show it.', { type: 'string', enum: ['respond-async'] }),
};

const answersOfRebuilds = [
  'ListGenerationsResponse',
  ...['BeginRebuildResponse', 'PauseRebuildResponse', 'ResumeRebuildResponse', 'AbortRebuildResponse'],
  ...['GoBackResponse', 'CompareGenerationsResponse'],
];

const answersOfParking = [...['ListParkedResponse', 'GetParkedResponse', 'RedriveParkedResponse', 'DiscardParkedResponse', 'RestartViewResponse']];

/** Messages that doors beside the routes answer with. */
const answersOfDoors = [
  'ListEpochsResponse',
  'GetProofResponse',
  'GetConsistencyResponse',
  'GetEdgeResponse',
  'Republication',
  'ReadStreamResponse',
  ...answersOfRebuilds,
  ...answersOfParking,
];

const operations = (routes: readonly Route[], commentOf: Comments, all: ReturnType<typeof schemas>): Record<string, Schema> => {
  const paths: Record<string, Schema> = {};
  const bindings = new Map<string, number>();
  for (const route of routes) {
    const nth = (bindings.get(route.method.toString()) ?? 0) + 1;
    bindings.set(route.method.toString(), nth);
    const path = (paths[route.template] ??= {});
    path[route.verb.toLowerCase()] = operationOf(route, nth > 1 ? nth : 0, commentOf(route.method), all);
  }
  return paths;
};

const tagsOf = (routes: readonly Route[], commentOf: Comments): Schema[] => {
  const tags = new Map<string, Set<string>>();
  for (const { service } of routes) {
    const name = service.name.replace(/(Commands|Queries)$/, '');
    tags.set(name, (tags.get(name) ?? new Set()).add(commentOf(service)));
  }
  const described = [...tags].map(([name, comments]) => ({ name, description: [...comments].join('\n\n') }));
  return [...described, { name: 'Doors', description: 'Doors that belong to no aggregate.' }];
};

/**
 * The OpenAPI 3.1 document of every REST route.
 * @param files the contracts with their comments, from an image of `buf build`
 */
export const openapi = (files: FileRegistry, commentOf: Comments, version: string): Schema => {
  const ours = [...files.files].filter((it) => it.proto.package.startsWith('guanxi.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const contracts = registry(ours);
  const routes = routesOf(contracts.services.values());
  const all = schemas(commentOf, new Set<DescField>(routes.flatMap((it) => it.path)));
  const paths = operations(routes, commentOf, all);
  for (const name of answersOfDoors) {
    const answer = files.getMessage(`guanxi.common.v1.${name}`);
    if (answer) all.ref(answer, 'answer');
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guanxi',
      version,
      description:
        'An event-sourced customer-relationship platform. Commands change things, every change is an event, lists and summaries are folded from events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The gateway that serves this document.' }],
    security: [{ bearer: [] }],
    tags: tagsOf(routes, commentOf),
    paths: { ...paths, ...doors },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the configured issuer.' } },
      headers,
      parameters,
      responses: doorResponses,
      schemas: { ...all.all(), ...doorSchemas },
    },
  };
};
