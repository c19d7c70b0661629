import { door, json } from './openapi.door.js';
import type { Schema } from './openapi.rules.js';

const roles = ['SYSTEM_ADMIN'];
const good = json('The newest one: how far it is, or how it ended.', 'Republication');
const position = (description: string): Schema => ({ description, type: 'string', pattern: '^[0-9]{1,16}$', default: '0' });

/** The doors for operators: a service’s history is sent to its topic once more. */
export const republishDoors: Record<string, Schema> = {
  '/v1/history/{service}/republish': {
    post: door({
      operationId: 'Republish',
      summary: 'Sends history to the topic again',
      description:
        'For a topic that has lost what was sent to it. Same positions, `prev-position` and texts, in the present epoch; subscribers pass ' +
        'over what they have. It goes on in the service, also after a restart, beside what is new. One at a time.',
      roles,
      body: {
        type: 'object',
        properties: { from: position('The first position; 0 is the first of all.'), to: position('The last one; 0 is all that was ever sent.') },
        additionalProperties: false,
      },
      bodyOptional: true,
      good,
    }),
    get: door({ operationId: 'GetRepublish', summary: 'How far history is sent again', description: 'Also of one that is over.', roles, good }),
  },
  '/v1/history/{service}/republish:stop': {
    post: door({
      operationId: 'StopRepublish',
      summary: 'Sends no more of it again',
      description: 'Ends the one that is under way, after its batch. Does nothing where there is none.',
      roles,
      good,
    }),
  },
};
