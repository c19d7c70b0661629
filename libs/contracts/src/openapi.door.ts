import type { Schema } from './openapi.rules.js';

const problem = (name: string): Schema => ({ $ref: `#/components/responses/${name}` });

/** An answer of one media type. */
export const answer = (description: string, type: string, schema: Schema): Schema => ({ description, content: { [type]: { schema } } });
/** An answer that is a message of the common contracts; it must stand in `answersOfDoors` too. */
export const json = (description: string, message: string): Schema =>
  answer(description, 'application/json', { $ref: `#/components/schemas/guanxi.common.v1.${message}` });

/** One door that every service answers behind `{service}` in its path. */
export interface Door {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly roles: readonly string[];
  /** Besides `{service}`. */
  readonly parameters?: readonly Schema[];
  /** Of a POST. */
  readonly body?: Schema;
  /** May it be left out? */
  readonly bodyOptional?: boolean;
  readonly good: Schema;
}

/** Describes a door; what it refuses is the same for all. */
export const door = ({ operationId, summary, description, roles, parameters = [], body, bodyOptional = false, good }: Door): Schema => ({
  operationId,
  tags: ['Doors'],
  summary,
  description: `${description}\n\nNeeds one of the roles ${roles.join(', ')}.`,
  parameters: [
    { name: 'service', in: 'path', required: true, description: 'Of which service.', schema: { type: 'string', pattern: '^[a-z]+$' } },
    ...parameters,
  ],
  ...(body && { requestBody: { required: !bodyOptional, content: { 'application/json': { schema: body } } } }),
  responses: {
    200: good,
    400: problem('Unreadable'),
    401: problem('Unauthenticated'),
    403: problem('Forbidden'),
    404: problem('NotFound'),
    409: problem('Conflict'),
    422: problem('Invalid'),
    503: problem('Unavailable'),
  },
});
