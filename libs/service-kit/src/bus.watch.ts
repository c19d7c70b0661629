import { SpanKind } from '@opentelemetry/api';
import type { Batch, BusRecord, EventBus } from '@guanxi/messaging/bus';
import { beginSpan, endWith, type Begun } from './span.js';
import { isSampled, traceIdOf } from './trace.js';

const parentOf = ({ headers: { traceparent } }: BusRecord): string | undefined =>
  isSampled(traceparent) && traceIdOf(traceparent) !== undefined ? traceparent : undefined;

/** One span for each sampled record, since each is of another trace; undefined for the others. */
const begin = (records: readonly BusRecord[], topic: string, operation: 'send' | 'process', system: string): (Begun | undefined)[] =>
  records.map((record) => {
    const parent = parentOf(record);
    if (parent === undefined) return undefined;
    const attributes = {
      ...{ 'messaging.system': system, 'messaging.destination.name': topic, 'messaging.operation.name': operation },
      ...{ 'messaging.destination.partition.id': String(record.partition), 'messaging.batch.message_count': records.length },
    };
    return beginSpan(parent, { name: `${operation} ${topic}`, kind: operation === 'send' ? SpanKind.PRODUCER : SpanKind.CONSUMER, attributes });
  });

const during = async (spans: readonly (Begun | undefined)[], work: Promise<void>): Promise<void> => {
  try {
    await work;
    for (const it of spans) it?.span?.end();
  } catch (error) {
    for (const it of spans) endWith(it?.span, error);
    throw error;
  }
};

const stamped = (record: BusRecord, { traceparent } = {} as Partial<Begun>): BusRecord =>
  traceparent === undefined ? record : { ...record, headers: { ...record.headers, traceparent } };

/**
 * A bus whose sampled records make spans where they are sent and where they are received; the header tells the receiver of the
 * sending. The record's own text keeps the `traceparent` of the command that appended it.
 * @param system as OpenTelemetry names it: `kafka`, `postgresql`
 */
export const watchBus = (bus: EventBus, system: string): EventBus => ({
  ...bus,
  publish: (topic, records) => {
    const spans = begin(records, topic, 'send', system);
    if (!spans.some((it) => it)) return bus.publish(topic, records);
    return during(
      spans,
      bus.publish(
        topic,
        records.map((record, n) => stamped(record, spans[n])),
      ),
    );
  },
  consume: (group, topics, handle, onError) => {
    const watched = (batch: Batch): Promise<void> => {
      const spans = begin(batch.records, batch.topic, 'process', system);
      return spans.some((it) => it) ? during(spans, handle(batch)) : handle(batch);
    };
    return bus.consume(group, topics, watched, onError);
  },
});
