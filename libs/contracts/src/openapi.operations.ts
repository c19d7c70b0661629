import type { DescField } from '@bufbuild/protobuf';
import { takesAsOf } from './as-of.js';
import { rulesOf, type Schema } from './openapi.rules.js';
import type { Schemas } from './openapi.schema.js';
import type { Route } from './routes.js';
import { accessOf } from './services.js';

const refs = (kind: string, names: readonly string[]): Schema[] => names.map((name) => ({ $ref: `#/components/${kind}/${name}` }));

/** Refusals by name of a shared response. */
export const problems: Record<string, { status: number; description: string }> = {
  Unreadable: { status: 400, description: 'The request cannot be read: broken JSON, an unknown field or parameter.' },
  Unauthenticated: { status: 401, description: 'No token, or not a good one.' },
  Forbidden: { status: 403, description: 'The token has none of the roles that this needs.' },
  NotFound: { status: 404, description: 'There is no such thing.' },
  Conflict: { status: 409, description: 'The state does not allow it; `allowed` and `version` say what is so now.' },
  Stale: { status: 412, description: '`If-Match` names another version than the current one.' },
  TooLarge: { status: 413, description: 'The body is larger than 256 KiB.' },
  MediaType: { status: 415, description: 'The body is not of this content type, or is compressed.' },
  Invalid: { status: 422, description: 'A value or a rule: `errors` names each field.' },
  TooMany: { status: 429, description: 'Too much at once; `Retry-After` says when to try again.' },
  Unavailable: { status: 503, description: 'A part of the system cannot answer now; `Retry-After` says when to try again.' },
};

const refusals = (names: readonly string[]): Schema =>
  Object.fromEntries(names.map((name) => [String(problems[name]?.status), { $ref: `#/components/responses/${name}` }]));

const always = ['Unreadable', 'Unauthenticated', 'Forbidden', 'Invalid', 'TooMany', 'Unavailable'];
const ofCommand = [...always, 'NotFound', 'Conflict', 'Stale', 'TooLarge', 'MediaType'];

const pathParameter = (field: DescField, all: Schemas): Schema => parameter('path', field.name, true, all.field(field, 'request'));

const queryParameter = (field: DescField, all: Schemas): Schema =>
  parameter('query', field.jsonName, rulesOf(field).needed, all.field(field, 'request'));

/** A description belongs to the parameter, not to its schema. */
const parameter = (place: string, name: string, required: boolean, { description, ...schema }: Schema): Schema => ({
  name,
  in: place,
  required,
  ...(typeof description === 'string' && { description }),
  schema,
});

const json = (schema: Schema): Schema => ({ 'application/json': { schema } });

const done = (route: Route, all: Schemas): Schema => {
  const headers = { ETag: { $ref: '#/components/headers/ETag' }, 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } };
  const content = json(all.ref(route.method.output, 'answer'));
  return {
    200: { description: route.created ? 'Done to a thing that there was already.' : 'Done.', headers, content },
    ...(route.created && {
      201: {
        description: `Created; \`Location\` is \`${route.created}\`.`,
        headers: { ...headers, Location: { $ref: '#/components/headers/Location' } },
        content,
      },
    }),
    ...refusals(ofCommand),
  };
};

/** The parameters of a moment that a route takes, by the name of the shared parameter. */
const momentOf = (route: Route): string[] => {
  const { time, position } = takesAsOf(route);
  return [...(time ? ['AsOf'] : []), ...(position ? ['AsOfPosition'] : [])];
};

/** One service says by headers of what moment it answered; the gateway's own answers say it in the body. */
const headersOf = (moment: readonly string[]): Schema =>
  moment.includes('AsOfPosition')
    ? { 'As-Of': { $ref: '#/components/headers/AsOf' }, 'As-Of-Position': { $ref: '#/components/headers/AsOfPosition' } }
    : {};

const found = (route: Route, all: Schemas): Schema => {
  const hasVersion = route.path.length > 0 && route.method.output.fields.some((it) => it.name === 'version');
  const moment = momentOf(route);
  const headers = { ...(hasVersion && { ETag: { $ref: '#/components/headers/ETag' } }), ...headersOf(moment) };
  const isOne = hasVersion || (route.path.length > 0 && route.method.name.startsWith('Get'));
  return {
    200: {
      description: 'Found.',
      ...(Object.keys(headers).length > 0 && { headers }),
      content: json(all.ref(route.method.output, 'answer')),
    },
    ...refusals(isOne ? [...always, 'NotFound'] : always),
  };
};

/** One operation of the document. `nth` tells bindings of one rpc apart, `comment` is the rpc's. */
export const operationOf = (route: Route, nth: number, comment: string, all: Schemas): Schema => {
  const { open, roles } = accessOf(route.method) ?? { open: false, roles: [] };
  const query = route.hasBody ? [] : route.method.input.fields.filter((it) => !route.path.includes(it));
  const [summary = route.method.name] = comment.split(/(?<=[.?!])\s/);
  const isCommand = route.kind === 'command';
  return {
    operationId: `${route.method.name}${nth || ''}`,
    tags: [route.service.name.replace(/(Commands|Queries)$/, '')],
    summary: summary.replace(/\.$/, ''),
    description: `${comment}\n\n${open ? 'Needs no token.' : `Needs one of the roles ${roles.join(', ')}.`}`.trim(),
    ...(open && { security: [] }),
    parameters: [
      ...route.path.map((it) => pathParameter(it, all)),
      ...query.map((it) => queryParameter(it, all)),
      ...(isCommand ? refs('parameters', ['IdempotencyKey', 'IfMatch', 'Prefer']) : refs('parameters', momentOf(route))),
    ],
    ...(route.hasBody && { requestBody: { required: true, content: json(all.ref(route.method.input, 'request')) } }),
    responses: isCommand ? done(route, all) : found(route, all),
  };
};
