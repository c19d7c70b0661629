import { door, json } from './openapi.door.js';
import type { Schema } from './openapi.rules.js';

const roles = ['SYSTEM_ADMIN'];
const lookers = ['SYSTEM_ADMIN', 'DATA_STEWARD'];
const view = {
  name: 'view',
  in: 'path',
  required: true,
  description: 'The view’s table, as the list names it.',
  schema: { type: 'string', pattern: '^[a-z_][a-z0-9_]*$', maxLength: 63 },
};
const key = {
  name: 'key',
  in: 'path',
  required: true,
  description: 'The row’s key, as the list names it; `-` stands for an event that belongs to no row.',
  schema: { type: 'string', minLength: 1, maxLength: 1000 },
};
const query = (name: string, description: string, schema: Schema): Schema => ({ name, in: 'query', required: false, description, schema });
const viewInBody = { type: 'string', maxLength: 63, description: 'Only of this view; of all where absent.' };
const keyInBody = { type: 'string', maxLength: 1000, description: 'Only this key of the view; all where absent.' };
const body = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

/** The doors for operators: keys that a view passes over since something of them could not be folded. */
export const parkingDoors: Record<string, Schema> = {
  '/v1/operations/{service}/parked': {
    get: door({
      operationId: 'ListParked',
      summary: 'Keys that views of a service pass over',
      description: 'What failed, at which event, with which class of error, how often it was tried and since when. All other keys are up to date.',
      roles: lookers,
      parameters: [
        query('view', 'Only of this view.', { type: 'string', maxLength: 63 }),
        query('pageSize', 'How many at most; 50 where it is 0.', { type: 'integer', minimum: 0, maximum: 1000, default: 0 }),
        query('pageToken', 'The `nextPageToken` of the page before.', { type: 'string', maxLength: 2048 }),
      ],
      good: json('Parked keys.', 'ListParkedResponse'),
    }),
  },
  '/v1/operations/{service}/parked/{view}/{key}': {
    get: door({
      operationId: 'GetParked',
      summary: 'One parked key, and what was discarded for it',
      description: 'One entry for each generation of the view that passes it over.',
      roles: lookers,
      parameters: [view, key],
      good: json('The key.', 'GetParkedResponse'),
    }),
  },
  '/v1/operations/{service}/parked:redrive': {
    post: door({
      operationId: 'RedriveAllParked',
      summary: 'Folds again what was passed over',
      description:
        'In order, with the policies, up to where the view stands. A key that fails again stays parked at the event that fails; `folded` says so.',
      roles,
      body: body({ view: viewInBody, key: keyInBody }),
      bodyOptional: true,
      good: json('What came of each key.', 'RedriveParkedResponse'),
    }),
  },
  '/v1/operations/{service}/parked/{view}/{key}:redrive': {
    post: door({
      operationId: 'RedriveParked',
      summary: 'Folds one key again',
      description: 'As the redrive of all, of one key.',
      roles,
      parameters: [view, key],
      body: body({}),
      bodyOptional: true,
      good: json('What came of it.', 'RedriveParkedResponse'),
    }),
  },
  '/v1/operations/{service}/parked/{view}/{key}:discard': {
    post: door({
      operationId: 'DiscardParked',
      summary: 'Passes over the one event at which a key is parked, for good',
      description: 'The rest of the key is folded. Rebuilds pass the event over too. It stays in the history; the reason and who gave it are kept.',
      roles,
      parameters: [view, key],
      body: body({ reason: { type: 'string', minLength: 1, maxLength: 500, description: 'Why.' } }, ['reason']),
      good: json('What came of the key without that event.', 'DiscardParkedResponse'),
    }),
  },
  '/v1/operations/{service}/views/{view}:restart': {
    post: door({
      operationId: 'RestartView',
      summary: 'Lets a view go on that stopped',
      description: 'A view stops where too many keys would be parked at once, or where an event does not even tell its row. Mend the build first.',
      roles,
      parameters: [view],
      body: body({}),
      bodyOptional: true,
      good: json('Why it had stopped; empty where it had not.', 'RestartViewResponse'),
    }),
  },
};
