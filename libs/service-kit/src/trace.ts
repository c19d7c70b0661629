import { randomFillSync } from 'node:crypto';

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const nothing = /^0+$/;

/** The trace id of a W3C `traceparent`; undefined where it is not one. */
export const traceIdOf = (traceparent: string | undefined): string | undefined => {
  const [, trace, span] = pattern.exec(traceparent ?? '') ?? [];
  return trace && span && !nothing.test(trace) && !nothing.test(span) ? trace : undefined;
};

const idBytes = 24;
/** Drawn for many at once: a draw costs 2 µs, however little it is. */
const chance = Buffer.alloc(128 * idBytes);
let used = chance.length;

/** A new `traceparent` of a trace whose spans nobody keeps; it only joins the log lines and records of one request. */
export const newTraceparent = (): string => {
  if (used === chance.length) {
    randomFillSync(chance);
    used = 0;
  }
  const hex = chance.toString('hex', used, (used += idBytes));
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-00`;
};

const flagsAt = 53;

/** Are the spans of this trace kept? The last bit of a good `traceparent` says it. */
export const isSampled = (traceparent: string | undefined): traceparent is string =>
  traceparent?.length === flagsAt + 2 && '13579bdf'.includes(traceparent.charAt(flagsAt + 1));

/** The same trace, of which no further span is kept. */
export const unsampled = (traceparent: string): string => `${traceparent.slice(0, flagsAt)}00`;

/** What a log line says of a trace, as OpenTelemetry names it. */
export const traceFields = (traceparent: string): { trace_id: string; span_id: string } => ({
  trace_id: traceparent.slice(3, 35),
  span_id: traceparent.slice(36, 52),
});
