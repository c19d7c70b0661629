import type { FileRegistry } from '@bufbuild/protobuf';
import { checkpointsChannel, checkpointsOperation } from './asyncapi.checkpoints.js';
import { example, headersSchema, recordSchema } from './asyncapi.record.js';
import { about, channelWords } from './asyncapi.words.js';
import type { Comments } from './openapi.js';
import type { Schema } from './openapi.rules.js';
import { schemas } from './openapi.schema.js';
import { registry, type EventType } from './services.js';

const ref = (path: string): Schema => ({ $ref: `#/${path}` });
const partitions = 24;

/**
 * A request's schema as an event's: JSON Schema of draft 7, which AsyncAPI builds on, looks at nothing beside a `$ref`; and a
 * subscriber must take an event to which a newer build adds a field.
 */
const opened = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => name !== 'additionalProperties' || value !== false)
      .map(([name, value]) => [name, opened(value)]),
  );
  if ($ref === undefined) return rest;
  return Object.keys(rest).length === 0 ? { $ref } : { allOf: [{ $ref }], ...rest };
};

const words = (text: string): readonly [title: string, description: string] => [text.split(/[.。]/, 1)[0] ?? '', text];

const messageOf = ({ desc, source }: EventType, commentOf: Comments): Schema => {
  const [summary, description] = words(commentOf(desc));
  return {
    name: desc.typeName,
    title: desc.name,
    summary,
    description,
    contentType: 'application/cloudevents+json',
    headers: ref('components/schemas/RecordHeaders'),
    payload: {
      allOf: [
        ref('components/schemas/Record'),
        {
          type: 'object',
          properties: { source: { const: `/guanxi/${source}` }, type: { const: desc.typeName }, data: ref(`components/schemas/${desc.typeName}`) },
        },
      ],
    },
    bindings: {
      kafka: {
        key: { type: 'string', format: 'uuid', description: 'The customer that the stream’s first event is about, else the stream’s own id.' },
        bindingVersion: '0.5.0',
      },
    },
    ...(desc.typeName === example.payload.type && { examples: [example] }),
  };
};

const channelOf = (source: string, events: readonly EventType[]): Schema => ({
  address: `guanxi.${source}.v1`,
  title: `What happens in ${source}`,
  description: channelWords(source),
  servers: [ref('servers/kafka')],
  messages: Object.fromEntries(events.map(({ desc }) => [desc.name, ref(`components/messages/${desc.typeName}`)])),
  bindings: { kafka: { topic: `guanxi.${source}.v1`, partitions, bindingVersion: '0.5.0' } },
});

const operationOf = (source: string): Schema => ({
  action: 'send',
  channel: ref(`channels/${source}`),
  title: `${source} tells what happened`,
  summary: 'Every event of the service, in the order of its history within each partition, at least once.',
});

/**
 * The AsyncAPI 3 document of the services' topics: every event type, with its schema, headers and key.
 * @param files the contracts with their comments, from an image of `buf build`
 */
export const asyncapi = (files: FileRegistry, commentOf: Comments, version: string): Schema => {
  const ours = [...files.files].filter((it) => it.proto.package.startsWith('guanxi.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const events = [...registry(ours).events.values()].sort((a, b) => (a.desc.typeName < b.desc.typeName ? -1 : 1));
  const sources = [...new Set(events.map((it) => it.source))];
  const of = (source: string): EventType[] => events.filter((it) => it.source === source);
  // What a contract demands of a request, an event keeps; defaults are left out of its text, so nothing else is always there.
  const all = schemas(commentOf, new Set());
  for (const { desc } of events) all.ref(desc, 'request');
  return {
    asyncapi: '3.0.0',
    info: { title: 'Guanxi', version, description: about, license: { name: 'MIT', url: 'https://opensource.org/license/mit' } },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description: 'The platform’s brokers: `KAFKA_BROKERS` of the installation, with TLS and SASL as that says.',
        variables: { brokers: { default: '127.0.0.1:9092', description: 'Host and port of a broker.' } },
      },
    },
    channels: { ...Object.fromEntries(sources.map((source) => [source, channelOf(source, of(source))])), checkpoints: checkpointsChannel },
    operations: { ...Object.fromEntries(sources.map((source) => [source, operationOf(source)])), checkpoints: checkpointsOperation },
    components: {
      messages: Object.fromEntries(events.map((it) => [it.desc.typeName, messageOf(it, commentOf)])),
      schemas: opened({ Record: recordSchema, RecordHeaders: headersSchema, ...all.all() }),
    },
  };
};
