import { parkingDoors } from './openapi.parking.js';
import { proofDoors } from './openapi.proofs.js';
import { rebuildDoors } from './openapi.rebuilds.js';
import { republishDoors } from './openapi.republish.js';
import type { Schema } from './openapi.rules.js';
import { streamDoors } from './openapi.streams.js';

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
  '/v1/customers/{account_id}/changes': {
    get: {
      operationId: 'FollowCustomer',
      tags: ['Doors'],
      summary: 'What happens to one customer, as it happens',
      description:
        'Server-sent events. First `ready`: nothing is missed from here on, so read the page now. Then one event for each change in any ' +
        'service, named like the section that shows it, once the section can show it; its `data` is a `Change`. Besides: `unavailable` and ' +
        '`available` (a service is away, and back), `reset` (read the section anew), `token-expired` (the last one). `id` says up to where ' +
        'the client was told: sent back as `Last-Event-ID`, to any gateway, it goes on from there.\n\nNeeds a role of the page of a customer; ' +
        'changes of sections that the caller may not see are not told.',
      parameters: [
        { name: 'account_id', in: 'path', required: true, description: 'The customer.', schema: { type: 'string', format: 'uuid' } },
        {
          name: 'Last-Event-ID',
          in: 'header',
          required: false,
          description: 'The `id` of the last event that came.',
          schema: { type: 'string', maxLength: 500 },
        },
      ],
      responses: {
        200: ok('Events, until the client goes away.', 'text/event-stream', ref('Change')),
        400: problem('Unreadable'),
        401: problem('Unauthenticated'),
        403: problem('Forbidden'),
        404: problem('NotFound'),
        422: problem('Invalid'),
        429: problem('TooMany'),
        503: problem('Unavailable'),
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
            head: textHeader('The history’s last position, as the answer began.'),
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
  ...proofDoors,
  ...streamDoors,
  ...rebuildDoors,
  ...parkingDoors,
  ...republishDoors,
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
