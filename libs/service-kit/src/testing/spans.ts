import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';

/** Keeps every span that this process ends, from now on. */
export const keepSpans = (): { readonly of: (traceId: string) => readonly ReadableSpan[] } => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  return { of: (traceId) => exporter.getFinishedSpans().filter((it) => it.spanContext().traceId === traceId) };
};

/** Everything that leaves the process with a span. */
export const textOf = ({ name, attributes, events, status, links, resource }: ReadableSpan): string =>
  JSON.stringify({ name, attributes, events, status, links, resource: resource.attributes });
