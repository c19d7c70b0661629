import { door, json } from './openapi.door.js';
import type { Schema } from './openapi.rules.js';

const whole = (name: string, description: string, schema: Schema): Schema => ({
  ...{ name, in: 'query', required: false, description },
  schema: { type: 'integer', ...schema },
});

/** The door to one stream of a service’s history. */
export const streamDoors: Record<string, Schema> = {
  '/v1/history/{service}/streams/{stream_id}': {
    get: door({
      operationId: 'ReadStream',
      summary: 'What happened to one thing, by whom and why',
      description: 'All events of one stream, by version, each with a title for people. Go on with the last one’s version as `after`.',
      roles: ['AUDITOR', 'PRIVACY_OFFICER', 'DATA_STEWARD'],
      parameters: [
        {
          name: 'stream_id',
          in: 'path',
          required: true,
          description: 'The id of the order, the complaint, the account.',
          schema: { type: 'string', format: 'uuid' },
        },
        whole('after', 'The version before the first one wanted.', { minimum: 0, default: 0 }),
        whole('limit', 'How many at most.', { minimum: 1, maximum: 1000, default: 1000 }),
      ],
      good: json('The events.', 'ReadStreamResponse'),
    }),
  },
};
