import { describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { example } from './asyncapi.record.js';
import { asyncapiText } from './documents.js';
import { recordData } from './json.js';
import { contracts } from './services.js';

interface Schema {
  readonly description?: string;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
}
interface Channel {
  readonly address: string;
  readonly messages: Record<string, { readonly $ref: string }>;
  readonly bindings: { readonly kafka: { readonly topic: string; readonly partitions: number } };
}
interface Document {
  readonly info: { readonly description: string };
  readonly channels: Record<string, Channel>;
  readonly operations: Record<string, { readonly action: string; readonly channel: { readonly $ref: string } }>;
  readonly components: { readonly messages: Record<string, object>; readonly schemas: Record<string, Schema> };
}

const document = JSON.parse(asyncapiText()) as Document;
const types = [...contracts.events.keys()].sort();

/** What the parser finds wrong: errors and warnings. That a later minor version of AsyncAPI exists is neither. */
const faults = async (text: string): Promise<string[]> => {
  const { diagnostics } = await new Parser().parse(text);
  return diagnostics.filter((it) => Number(it.severity) < 2).map((it) => `${it.path.join('/')}: ${it.message}`);
};

describe('the AsyncAPI document', () => {
  it('is valid', async () => expect(await faults(asyncapiText())).toEqual([]), 60_000);

  it(
    'is caught where it is not',
    async () => expect(await faults(asyncapiText().replace('"action": "send"', '"action": "tell"'))).not.toEqual([]),
    60_000,
  );

  it('shows a record as the contract has it', () => {
    const { type, data } = example.payload;
    expect(recordData(contracts.events.get(type)!.desc, data)).toEqual(data);
    const { properties = {} } = document.components.schemas['Record']!;
    const order = Object.keys(properties);
    expect(Object.keys(example.payload)).toEqual(order.filter((it) => it in example.payload));
  });

  it('has a channel for the topic of each service that records events', () => {
    const sources = [...new Set([...contracts.events.values()].map((it) => it.source))].sort();
    expect(Object.keys(document.channels).sort()).toEqual([...sources, 'checkpoints'].sort());
    for (const source of sources) {
      const topic = `guanxi.${source}.v1`;
      expect(document.channels[source]).toMatchObject({ address: topic, bindings: { kafka: { topic, partitions: 24 } } });
      expect(document.operations[source]).toMatchObject({ action: 'send', channel: { $ref: `#/channels/${source}` } });
    }
  });

  it('has a channel for the signed checkpoints', () => {
    const topic = 'guanxi.checkpoints.v1';
    expect(document.channels['checkpoints']).toMatchObject({ address: topic, bindings: { kafka: { topic, partitions: 1 } } });
  });

  it('has every event, on the channel of the service that records it and on no other', () => {
    const histories = Object.entries(document.channels).filter(([name]) => name !== 'checkpoints');
    const told = histories.flatMap(([source, { messages }]) =>
      Object.values(messages).map(({ $ref }) => [$ref.replace('#/components/messages/', ''), source]),
    );
    expect(told.sort()).toEqual(types.map((type) => [type, contracts.events.get(type)?.source]));
    expect(Object.keys(document.components.messages).sort()).toEqual(types);
  });

  it('describes each payload field by field, as the contract has it, and lets later builds add some', () => {
    for (const type of types) {
      const fields = contracts.events.get(type)!.desc.fields.map((it) => it.jsonName);
      const { properties = {}, ...more } = document.components.schemas[type]!;
      expect([type, Object.keys(properties)]).toEqual([type, fields]);
      expect([type, Object.values(properties).filter((it) => !it.description)]).toEqual([type, []]);
      expect(more).not.toHaveProperty('additionalProperties');
    }
  });

  it('says which headers a record has, and how a subscriber follows them', () => {
    expect(document.components.schemas['RecordHeaders']?.required).toEqual(['position', 'prev-position', 'epoch', 'content-type']);
    for (const word of ['prev-position', 'at least once', '/v1/history/{service}/events', '/v1/history/{service}/epochs', 'in one transaction'])
      expect(document.info.description).toContain(word);
  });
});
