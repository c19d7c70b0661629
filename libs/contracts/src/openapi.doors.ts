import { problems } from './openapi.operations.js';
import type { Schema } from './openapi.rules.js';

const problem = (name: string): Schema => ({ $ref: `#/components/responses/${name}` });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const ok = (description: string, type: string, schema: Schema, headers?: Schema): Schema => ({
  description,
  ...(headers && { headers }),
  content: { [type]: { schema } },
});
const open = { security: [] };
const service = {
  name: 'service',
  in: 'path',
  required: true,
  description: 'Whose history.',
  schema: { type: 'string', pattern: '^[a-z]+$' },
};
const query = (name: string, description: string, schema: Schema): Schema => ({ name, in: 'query', required: false, description, schema });
const whole = (minimum: number, maximum?: number): Schema => ({ type: 'integer', minimum, ...(maximum !== undefined && { maximum }) });
const textHeader = (description: string): Schema => ({ description, schema: { type: 'string' } });
/** An object of scalars, all of them always there. */
const plain = (types: Record<string, string | string[]>): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
  required: Object.keys(types),
});
const readiness = { 200: ok('Ready.', 'application/json', ref('Health')), 503: ok('Not ready.', 'application/json', ref('Health')) };

/** The doors of the gateway that are no rpc. */
export const doors: Record<string, Schema> = {
  '/v1/commands:batch': {
    post: {
      operationId: 'BatchCommands',
      tags: ['Doors'],
      summary: 'Any number of commands, one a line',
      description:
        'Answers come in the order of the lines, while lines are still being sent: read them. `line` is the number of the line in the file, ' +
        'from 1; blank lines are counted and skipped. One bad line stops nothing; lines that name one account, or one other thing, run in ' +
        'file order. A busy service is waited for. Sending the whole file again doubles nothing, since every line has its key. One line is ' +
        '256 KiB at most. The token is checked once, at the start.',
      requestBody: { required: true, content: { 'application/x-ndjson': { schema: ref('BatchLine') } } },
      responses: {
        200: ok('One answer a line.', 'application/x-ndjson', ref('BatchAnswer')),
        401: problem('Unauthenticated'),
        415: problem('MediaType'),
      },
    },
  },
  '/v1/history/{service}/events': {
    get: {
      operationId: 'ReadHistory',
      tags: ['Doors'],
      summary: 'A range of a service’s history',
      description:
        'Exact record texts, one a line; line i is position `after` + i. With `partition` only that partition’s, each line then ' +
        '`<position> <exact text>`.\n\nNeeds one of the roles AUDITOR, SUBSCRIBER, SYSTEM_ADMIN.',
      parameters: [
        service,
        query('after', 'The position before the first one wanted.', { type: 'string', pattern: '^[0-9]{1,16}$', default: '0' }),
        query('limit', 'How many at most.', { ...whole(1), default: 1000 }),
        query('wait', 'Seconds to wait for the first event, where there is none.', whole(0, 30)),
        query('partition', 'Only this partition.', whole(0, 32_767)),
      ],
      responses: {
        200: ok(
          'Records.',
          'application/x-ndjson',
          { type: 'string' },
          {
            epoch: textHeader('The current epoch, a UUIDv7.'),
            base: textHeader('The last position that the epoch shares with the one before.'),
          },
        ),
        400: problem('Unreadable'),
        401: problem('Unauthenticated'),
        403: problem('Forbidden'),
        404: problem('NotFound'),
        422: problem('Invalid'),
        503: problem('Unavailable'),
      },
    },
  },
  '/v1/history/{service}/epochs': {
    get: {
      operationId: 'ListEpochs',
      tags: ['Doors'],
      summary: 'A service’s epochs, oldest first',
      description: 'An epoch is a time without a restore.\n\nNeeds one of the roles AUDITOR, SUBSCRIBER, SYSTEM_ADMIN.',
      parameters: [service],
      responses: {
        200: ok('Epochs.', 'application/json', ref('guanxi.common.v1.ListEpochsResponse')),
        401: problem('Unauthenticated'),
        403: problem('Forbidden'),
        404: problem('NotFound'),
        503: problem('Unavailable'),
      },
    },
  },
  '/health/live': {
    get: {
      operationId: 'GetLiveness',
      tags: ['Doors'],
      summary: 'Does the process answer',
      ...open,
      responses: { 200: ok('It lives.', 'application/json', plain({ live: 'boolean' })) },
    },
  },
  '/health/ready': {
    get: { operationId: 'GetReadiness', tags: ['Doors'], summary: 'Is every part ready', ...open, responses: readiness },
  },
  '/version': {
    get: {
      operationId: 'GetVersion',
      tags: ['Doors'],
      summary: 'Which release runs here',
      ...open,
      responses: {
        200: ok('The release.', 'application/json', plain({ name: 'string', version: 'string', node: 'string', commit: ['string', 'null'] })),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'GetOpenApi',
      tags: ['Doors'],
      summary: 'This document',
      ...open,
      responses: { 200: ok('OpenAPI 3.1.', 'application/json', { type: 'object' }) },
    },
  },
  '/asyncapi.json': {
    get: {
      operationId: 'GetAsyncApi',
      tags: ['Doors'],
      summary: 'The topics that the services publish, for subscribers',
      ...open,
      responses: { 200: ok('AsyncAPI 3.', 'application/json', { type: 'object' }) },
    },
  },
  '/problems/{slug}': {
    get: {
      operationId: 'GetProblemPage',
      tags: ['Doors'],
      summary: 'What a problem means and what to do',
      description: 'In English or Chinese, by `Accept-Language`.',
      ...open,
      parameters: [{ name: 'slug', in: 'path', required: true, description: 'The last part of a problem’s `type`.', schema: { type: 'string' } }],
      responses: { 200: ok('The page.', 'text/html', { type: 'string' }), 404: problem('NotFound') },
    },
  },
};

const committed = ref('guanxi.common.v1.Committed');
const fieldError = {
  type: 'object',
  description: 'A field that broke a rule.',
  properties: {
    field: { type: 'string', description: 'A path in JSON names: `lines[2].amountMinor`; "" is the whole request.' },
    rule: { type: 'string', description: 'Stable: `string.uuid`.' },
    message: { type: 'string', description: 'For a person.' },
  },
  required: ['field', 'rule', 'message'],
};

/** Schemas of what is not in any contract. */
export const doorSchemas: Record<string, Schema> = {
  Problem: {
    type: 'object',
    description: 'RFC 9457: why something was refused.',
    properties: {
      type: { type: 'string', description: '`/problems/<slug>`: a page that says what it means and what to do.' },
      title: { type: 'string', description: 'The problem in a few words.' },
      status: { type: 'integer', description: 'The HTTP status.' },
      detail: { type: 'string', description: 'What happened here, without personal data.' },
      errors: { type: 'array', description: 'Every field that broke a rule.', items: ref('FieldError') },
      allowed: { type: 'array', description: 'Commands that the state allows now.', items: { type: 'string' } },
      version: { type: 'integer', description: 'The stream’s version now.' },
      ids: { type: 'array', description: 'Other things that it is about, UUIDs.', items: { type: 'string' } },
      traceId: { type: 'string', description: 'Under which the logs speak of it.' },
    },
    required: ['type', 'title', 'status', 'detail', 'errors', 'traceId'],
  },
  FieldError: fieldError,
  BatchLine: {
    type: 'object',
    description: 'One command.',
    properties: {
      command: { type: 'string', description: 'The request’s full name: `guanxi.accounts.v1.RegisterAccount`.' },
      idempotencyKey: { type: 'string', description: 'The same key does the same thing once.', minLength: 1, maxLength: 200 },
      request: { type: 'object', description: 'What the command’s route takes as its body, with the fields that its path fills.' },
    },
    required: ['command', 'idempotencyKey', 'request'],
    additionalProperties: false,
  },
  BatchAnswer: {
    type: 'object',
    description: 'One line’s answer.',
    properties: {
      line: { type: 'integer', description: 'Which line.', minimum: 1 },
      ok: { type: 'boolean', description: 'Was it done?' },
      replayed: { type: 'boolean', description: 'True where it was done before, under the same key.' },
      result: { ...committed, description: 'Where it was done.' },
      problem: { ...ref('Problem'), description: 'Where it was refused.' },
    },
    required: ['line', 'ok'],
  },
  Health: {
    type: 'object',
    description: 'Whether it is ready, part by part.',
    properties: {
      ready: { type: 'boolean', description: 'Are all parts ready?' },
      parts: {
        type: 'array',
        description: 'Services, views, relays, consumers.',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'Which part.' },
            ready: { type: 'boolean', description: 'Is it ready?' },
            lagMs: { type: 'integer', description: 'How far behind it is.' },
            reason: { type: 'string', description: 'Why it is not ready.' },
          },
          required: ['name', 'ready'],
        },
      },
    },
    required: ['ready'],
  },
};

/** Refusals that operations share. */
export const doorResponses: Record<string, Schema> = Object.fromEntries(
  Object.entries(problems).map(([name, { status, description }]) => [
    name,
    {
      description,
      ...([429, 503].includes(status) && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
      content: { 'application/problem+json': { schema: ref('Problem') } },
    },
  ]),
);
