import type { Schema } from './openapi.rules.js';

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const id = (description: string): Schema => text(description, { format: 'uuid' });
const count = (description: string): Schema => ({ type: 'integer', minimum: 1, description });
const traceparent = text('W3C trace context.', { pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' });
const position = (description: string): Schema => text(description, { pattern: '^[0-9]{1,15}$' });

/** The attributes of every record, in the order of its text, besides `data`. */
export const recordSchema: Schema = {
  type: 'object',
  description: 'One event, as a CloudEvents 1.0 JSON document: one line, without spaces between its tokens.',
  properties: {
    specversion: text('The version of CloudEvents.', { const: '1.0' }),
    id: id('The event’s id; the same for ever.'),
    source: text('Who recorded it: `/guanxi/<service>`.', { pattern: '^/guanxi/[a-z][a-z0-9-]*$' }),
    type: text('What happened: the full name of the payload in `data`.'),
    subject: text('What it happened to: `<aggregate>/<id>`.', { pattern: '^[A-Za-z]+/[0-9a-f-]{36}$' }),
    time: text(
      'When it was recorded, UTC with milliseconds; never before that of the position before. When it happened is in `data`, where it differs.',
      {
        format: 'date-time',
      },
    ),
    datacontenttype: text('What `data` is.', { const: 'application/json' }),
    streamversion: count('How many events its subject has, this one included.'),
    schemaversion: count('Which version of its type `data` is written in.'),
    customer: id('The account that it is about, where there is one.'),
    segment: text('The segment whose data it is.'),
    actor: text('Who did it: a pseudonym, never a name.'),
    actorkind: text('What kind of actor that is.', { enum: ['OPERATOR', 'CUSTOMER', 'SYSTEM', 'PARTNER'] }),
    role: text('In which role they did it.'),
    command: text('What was asked for: the full name of the command.'),
    commandid: id('The command’s id; the same for each repetition under one idempotency key.'),
    correlationid: text('The first cause.'),
    causationid: text('The event or command before.'),
    traceparent,
    sealedfor: text('Whose key opens `sealed`.'),
    sealed: text('The personal fields, encrypted as one JWE; they are then not in `data`.'),
    data: { type: 'object', description: 'The payload, as proto3 JSON.' },
  },
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'streamversion', 'schemaversion', 'data'],
};

/** The headers of every record. */
export const headersSchema: Schema = {
  type: 'object',
  description: 'Where the record stands. All values are text.',
  properties: {
    position: position('The record’s place in the service’s history: 1, 2, 3 … over all partitions.'),
    'prev-position': position('The position before it in the same partition, 0 at the first.'),
    epoch: id('The stretch between restores that it was recorded in: a UUIDv7, compared as text.'),
    traceparent: {
      ...traceparent,
      description: 'W3C trace context, as in the record; absent where that has none, and where the record is sent again.',
    },
    'content-type': text('What the value is.', { const: 'application/cloudevents+json' }),
  },
  required: ['position', 'prev-position', 'epoch', 'content-type'],
};

/** One record with its headers: an order, as the importer records it. */
export const example = {
  name: 'an order',
  summary: 'The third event of accounts; the one before it in its partition was the first.',
  headers: {
    position: '3',
    'prev-position': '1',
    epoch: '01993b1e-2a40-7c11-9f3e-5d0c8e2b7a10',
    'content-type': 'application/cloudevents+json',
  },
  payload: {
    specversion: '1.0',
    id: '01993b1e-3b51-7d22-8a4f-6e1d9f3c8b21',
    source: '/guanxi/accounts',
    type: 'guanxi.accounts.v1.OrderRecorded',
    subject: 'order/6c1f0d2e-8b3a-5f47-9c60-1e2d3c4b5a69',
    time: '2026-11-22T08:00:00.123Z',
    datacontenttype: 'application/json',
    streamversion: 1,
    schemaversion: 1,
    customer: '0b2e4c6a-1d3f-5a7b-8c9d-0e1f2a3b4c5d',
    segment: 'default',
    actor: 'op-17',
    actorkind: 'OPERATOR',
    role: 'SALESPERSON',
    command: 'guanxi.accounts.v1.RecordOrder',
    commandid: '7d0c9b8a-6e5f-5d4c-8b3a-2f1e0d9c8b7a',
    correlationid: '7d0c9b8a-6e5f-5d4c-8b3a-2f1e0d9c8b7a',
    data: {
      orderId: '6c1f0d2e-8b3a-5f47-9c60-1e2d3c4b5a69',
      accountId: '0b2e4c6a-1d3f-5a7b-8c9d-0e1f2a3b4c5d',
      externalRef: { system: 'cdnow', id: '1-1' },
      orderedAt: '1997-01-01T00:00:00.000Z',
      currency: 'USD',
      lines: [{ product: 'CD', quantity: '1', amountMinor: '1177' }],
      amountMinor: '1177',
      quantity: '1',
    },
  },
};
