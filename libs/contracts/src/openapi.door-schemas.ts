import { problems } from './openapi.operations.js';
import type { Schema } from './openapi.rules.js';

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
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
  Change: {
    type: 'object',
    description: 'The `data` of an event that is named like a section: something happened, and nothing of what it says.',
    properties: {
      service: { type: 'string', description: 'Whose fact it is.' },
      section: { type: 'string', description: 'The section of the page that shows it, also the event’s name.' },
      type: { type: 'string', description: 'What happened: `guanxi.accounts.v1.OrderRecorded`.' },
      position: { type: 'string', description: 'Where it stands in the service’s history.', pattern: '^[0-9]{1,19}$' },
      time: { type: 'string', format: 'date-time', description: 'When it was recorded.' },
    },
    required: ['service', 'section', 'type', 'position', 'time'],
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
