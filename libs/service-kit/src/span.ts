import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanKind,
} from '@opentelemetry/api';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { isSampled } from './trace.js';

/** A piece of work worth a span. Neither name nor attributes hold personal data, nor the id of a customer. */
export interface Work {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** When it began, by `performance.now()`; now where absent. */
  readonly began?: number;
}

/** A span that was begun. */
export interface Begun {
  /** Undefined where nobody keeps it. */
  readonly span: Span | undefined;
  /** What the work hands on: of the span, or of the parent where there is no span. */
  readonly traceparent: string | undefined;
}

// The global tracer does nothing until an SDK is registered.
const tracer = trace.getTracer('guanxi');

const under = (traceparent: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });

/**
 * Begins a span under a good `traceparent`, or a new trace where there is none. Contexts are handed on by hand, never by the async
 * context: commands of several callers are decided in one turn and appended in one call. Whether a trace is kept is decided where
 * it begins, so the work of an unsampled one costs the look at one character.
 */
export const beginSpan = (parent: string | undefined, { name, began, ...options }: Work): Begun => {
  if (parent !== undefined && !isSampled(parent)) return { span: undefined, traceparent: parent };
  const at = began === undefined ? {} : { startTime: began };
  const span = tracer.startSpan(name, { ...options, ...at }, parent === undefined ? ROOT_CONTEXT : under(parent));
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return { span: undefined, traceparent: parent };
  return { span: span.isRecording() ? span : undefined, traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}` };
};

/** How work ended that threw: the kind of its Rejection, else `failed`. */
export const outcomeOf = (error: unknown): string => (error instanceof Rejection ? error.kind : 'failed');

/** Ends a span of work that threw. A rule that said no is no fault; of a fault the class is told, never the message, which may quote data. */
export const endWith = (span: Span | undefined, error: unknown): void => {
  if (!span) return;
  if (error instanceof Rejection) span.setAttribute('guanxi.slug', error.slug);
  else span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', error instanceof Error ? error.constructor.name : typeof error);
  span.end();
};
