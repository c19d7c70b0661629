import type { Caller } from '@guanxi/event-sourcing/executor';
import { invalid } from '@guanxi/event-sourcing/rejection';
import type { Principal } from './auth.js';
import { traceIdOf } from './trace.js';

/** gRPC metadata as a handler sees it; a call of the wire brings a lighter one than the library's. */
export interface CallMetadata {
  get(name: string): (string | Buffer)[];
}

/** The only value of a header; given twice it counts as absent, so that no two readers take different ones. */
export const headerOf = (metadata: CallMetadata, name: string): string | undefined => {
  const [value, ...more] = metadata.get(name);
  return more.length === 0 && value !== undefined ? String(value) : undefined;
};

const keyOf = (metadata: CallMetadata): string | undefined => {
  const key = headerOf(metadata, 'idempotency-key');
  if (key !== undefined && (key.length < 1 || key.length > 200))
    throw invalid('idempotency-key-invalid', 'Idempotency-Key', 'must have 1 to 200 characters');
  return key;
};

const versionOf = (metadata: CallMetadata): number | undefined => {
  const etag = headerOf(metadata, 'if-match');
  if (etag === undefined) return undefined;
  const version = /^"(\d{1,9})"$/.exec(etag.trim())?.[1];
  if (version === undefined) throw invalid('if-match-invalid', 'If-Match', 'must be one version in quotes, as an ETag gave it');
  return Number(version);
};

/** The caller's `traceparent`, where it is a good one. */
export const traceparentIn = (metadata: CallMetadata): string | undefined => {
  const given = headerOf(metadata, 'traceparent');
  return traceIdOf(given) === undefined ? undefined : given;
};

/** Who calls, in which role, and what the metadata asks for. @throws Rejection invalid for a header that can't be read */
export const callerOf = (principal: Principal, role: string, metadata: CallMetadata, traceparent = traceparentIn(metadata)): Caller => {
  const idempotencyKey = keyOf(metadata);
  const ifMatch = versionOf(metadata);
  return {
    subject: principal.subject,
    kind: principal.kind,
    role,
    segment: principal.segment,
    wait: !/\brespond-async\b/i.test(headerOf(metadata, 'prefer') ?? ''),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};
