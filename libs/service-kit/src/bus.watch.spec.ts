import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { topicOf, type Batch, type BusRecord, type EventBus } from '@guanxi/messaging/bus';
import { openKafkaBus } from '@guanxi/messaging/kafka.bus';
import { openPostgresBus } from '@guanxi/messaging/postgres.bus';
import { kafkaBrokers } from '../../../test/kafka.js';
import { freshDatabase } from '../../../test/postgres.js';
import { watchBus } from './bus.watch.js';
import { keepSpans, textOf } from './testing/spans.js';
import { traceFields } from './trace.js';

const brokers = await kafkaBrokers();
const spans = keepSpans();
const parent = '00f067aa0ba902b7';
const newId = (): string => randomUUID().replaceAll('-', '');
const customer = '01890a5d-ac96-774b-bcce-b302099a8057';
const record = (traceparent?: string): BusRecord => ({
  ...{ partition: 0, key: customer, value: Buffer.from('{"data":"张三"}') },
  headers: { position: '1', 'prev-position': '0', epoch: 'e', ...(traceparent === undefined ? {} : { traceparent }) },
});

const contract = (system: string, open: () => Promise<{ bus: EventBus; close: () => Promise<void> }>): void =>
  describe(`a watched bus on ${system}`, () => {
    let bus: EventBus;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ bus, close } = await open());
      bus = watchBus(bus, system);
    });
    afterAll(() => close());

    /** Sends records through a topic of their own; what came out, each once `handle` took it. */
    const through = async (records: readonly BusRecord[], handle: (batch: Batch) => Promise<void> = () => Promise.resolve()) => {
      const topic = topicOf(`t${newId().slice(0, 12)}`);
      const came: BusRecord[] = [];
      await bus.ensureTopic(topic, 1);
      const done = Promise.withResolvers<void>();
      const subscription = await bus.consume('watching', [topic], async (batch) => {
        await handle(batch);
        came.push(...batch.records);
        if (came.length >= records.length) done.resolve();
      });
      await bus.publish(topic, records);
      await done.promise;
      await subscription.close();
      return { topic, came };
    };
    const kept = (trace: string, operation: string): readonly ReadableSpan[] => spans.of(trace).filter((it) => it.name.startsWith(`${operation} `));
    const only = (trace: string, operation: string): ReadableSpan => {
      const [span, ...more] = kept(trace, operation);
      if (!span || more.length > 0) throw new Error(`${operation}: ${more.length + (span ? 1 : 0)} spans`);
      return span;
    };

    it('puts the sending under the command and the receiving under the sending, for each record in its own trace', async () => {
      const [one, two] = [newId(), newId()];
      const { topic, came } = await through([record(`00-${one}-${parent}-01`), record(`00-${two}-${parent}-01`)]);
      for (const [n, trace] of [one, two].entries()) {
        const [send, process] = [only(trace, 'send'), only(trace, 'process')];
        const { spanId } = send.spanContext();
        expect([send.name, send.parentSpanContext?.spanId]).toEqual([`send ${topic}`, parent]);
        expect([process.name, process.parentSpanContext?.spanId]).toEqual([`process ${topic}`, spanId]);
        expect(traceFields(came[n]?.headers['traceparent'] ?? '')).toEqual({ trace_id: trace, span_id: spanId });
        expect(send.attributes).toMatchObject({ 'messaging.system': system, 'messaging.destination.partition.id': '0' });
        for (const span of [send, process]) expect(textOf(span)).not.toMatch(/张三|01890a5d/);
      }
    });

    it('leaves what is not sampled, or bears no trace, as it is', async () => {
      const trace = newId();
      const sent = [record(`00-${trace}-${parent}-00`), record(), record('00-x'), record(`00-${'0'.repeat(32)}-${parent}-01`)];
      const { came } = await through(sent);
      expect(came.map((it) => it.headers)).toEqual(sent.map((it) => it.headers));
      expect([...spans.of(trace), ...spans.of('0'.repeat(32))]).toEqual([]);
    });

    it('shows each try of what cannot be received', async () => {
      const trace = newId();
      let tries = 0;
      await through([record(`00-${trace}-${parent}-01`)], () => (++tries === 1 ? Promise.reject(new RangeError('of 张三')) : Promise.resolve()));
      expect(kept(trace, 'process').map((it) => it.attributes['error.type'])).toEqual(['RangeError', undefined]);
      expect(kept(trace, 'process').map(textOf).join()).not.toContain('张三');
    });
  });

contract('postgresql', async () => {
  const database = await freshDatabase();
  const bus = await openPostgresBus(database.url, { pollMs: 50 });
  const close = async (): Promise<void> => {
    await bus.close();
    await database.drop();
  };
  return { bus, close };
});

if (brokers)
  contract('kafka', () => {
    const bus = openKafkaBus({ brokers, clientId: 'watching' });
    return Promise.resolve({ bus, close: () => bus.close() });
  });
else describe('a watched bus on kafka', () => it.skip('needs a broker', () => undefined));
