import { randomBytes } from 'node:crypto';

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const nothing = /^0+$/;

/** The trace id of a W3C `traceparent`; undefined where it is not one. */
export const traceIdOf = (traceparent: string | undefined): string | undefined => {
  const [, trace, span] = pattern.exec(traceparent ?? '') ?? [];
  return trace && span && !nothing.test(trace) && !nothing.test(span) ? trace : undefined;
};

/** A new `traceparent`, sampled. Until there are spans it only joins the log lines and records of one request. */
export const newTraceparent = (): string => {
  const hex = randomBytes(24).toString('hex');
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`;
};
