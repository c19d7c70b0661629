import { door, json } from './openapi.door.js';
import type { Schema } from './openapi.rules.js';

const roles = ['SYSTEM_ADMIN'];
const view = {
  name: 'view',
  in: 'path',
  required: true,
  description: 'The view’s table, as the list names it.',
  schema: { type: 'string', pattern: '^[a-z_][a-z0-9_]*$', maxLength: 63 },
};
const limit = {
  name: 'limit',
  in: 'query',
  required: false,
  description: 'How many rows to name at most.',
  schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
};

const change = (operationId: string, summary: string, description: string, message: string, properties: Schema = {}): Schema => ({
  post: door({
    ...{ operationId, summary, description, roles, parameters: [view] },
    body: { type: 'object', properties, additionalProperties: false },
    bodyOptional: true,
    good: json('The view’s generations, as they now are.', message),
  }),
});

/** The doors for operators: a view is folded anew beside the one that is read, and takes its place. */
export const rebuildDoors: Record<string, Schema> = {
  '/v1/operations/{service}/views': {
    get: door({
      operationId: 'ListGenerations',
      summary: 'The views of a service, and how far their generations are',
      description: 'View by view, oldest generation first: state, entries done and in all, rate, seconds left.',
      roles,
      good: json('Generations.', 'ListGenerationsResponse'),
    }),
  },
  '/v1/operations/{service}/views/{view}:rebuild': change(
    'BeginRebuild',
    'Folds a view anew, beside the one that is read',
    'A new generation is filled from the first event on, while the service goes on; full, it takes the live one’s place in one moment. With ' +
      '`compare` it waits there. One that is being filled goes on.',
    'BeginRebuildResponse',
    { compare: { type: 'boolean', description: 'Wait when it is full, so that it can be compared.' } },
  ),
  '/v1/operations/{service}/views/{view}:pause': change(
    'PauseRebuild',
    'Stops a rebuild until it is resumed',
    'It stays paused over restarts.',
    'PauseRebuildResponse',
  ),
  '/v1/operations/{service}/views/{view}:resume': change(
    'ResumeRebuild',
    'Goes on with a rebuild',
    'A full generation that waited takes the live one’s place.',
    'ResumeRebuildResponse',
  ),
  '/v1/operations/{service}/views/{view}:abort': change(
    'AbortRebuild',
    'Drops what is being filled, and what was kept to go back to',
    'What is read stays as it is.',
    'AbortRebuildResponse',
  ),
  '/v1/operations/{service}/views/{view}:back': change(
    'GoBack',
    'Goes back to the generation that was live before',
    'It is brought up to now first, and takes the live one’s place in one moment; that one is kept.',
    'GoBackResponse',
  ),
  '/v1/operations/{service}/views/{view}:compare': {
    get: door({
      operationId: 'CompareGenerations',
      summary: 'Compares the live generation with the full one that waits',
      description: 'Row by row, both at one place. Names keys and top-level fields that differ, never what they hold.',
      roles,
      parameters: [view, limit],
      good: json('Counts, and some of the differences.', 'CompareGenerationsResponse'),
    }),
  },
};
