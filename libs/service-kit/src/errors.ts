import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack, anyUnpackTo } from '@bufbuild/protobuf/wkt';
import { BadRequestSchema, ErrorInfoSchema } from '@guanxi/contracts/google/rpc/error_details_pb';
import { StatusSchema } from '@guanxi/contracts/google/rpc/status_pb';
import { Rejection, type FieldError, type RejectionKind } from '@guanxi/event-sourcing/rejection';

/** The one table: what a refusal is in gRPC and in HTTP. */
export const statusOf: { readonly [K in RejectionKind]: { readonly grpc: number; readonly http: number } } = {
  invalid: { grpc: 3, http: 422 },
  unauthenticated: { grpc: 16, http: 401 },
  forbidden: { grpc: 7, http: 403 },
  'not-found': { grpc: 5, http: 404 },
  conflict: { grpc: 9, http: 409 },
  stale: { grpc: 10, http: 412 },
  exhausted: { grpc: 8, http: 429 },
  unavailable: { grpc: 14, http: 503 },
};

/** Refusals of kind invalid that are about the form of a request, not about a value in it: 400. */
const unreadable = new Set(['unreadable', 'unknown-field', 'filter-unknown', 'order-by-unknown', 'page-token-unknown']);

/** gRPC statuses that come without our details: from the library, a proxy, a stranger's server. */
const bare: { readonly [code: number]: readonly [slug: string, kind: RejectionKind, detail: string] } = {
  3: ['unreadable', 'invalid', 'The request cannot be read.'],
  4: ['timeout', 'unavailable', 'No answer in time; it may have been done. Ask again with the same Idempotency-Key.'],
  5: ['not-found', 'not-found', 'There is no such thing.'],
  7: ['forbidden', 'forbidden', 'This is not allowed.'],
  8: ['too-much-at-once', 'exhausted', 'Too much at once; try again a little later.'],
  12: ['not-served', 'unavailable', 'The service does not know this call (yet).'],
  14: ['service-unavailable', 'unavailable', 'The service cannot be reached; it may have been done. Ask again with the same Idempotency-Key.'],
  16: ['unauthenticated', 'unauthenticated', 'A valid bearer token is needed.'],
};

/** Something broke: 500. Only the trace id leaves the process; what happened stands in the log beside it. */
export class Failure extends Error {
  constructor(readonly traceId: string) {
    super('Something went wrong here. The trace id leads to it.');
    this.name = 'Failure';
  }
}

/** A gRPC status and its `grpc-status-details-bin`. */
export interface Status {
  readonly code: number;
  readonly message: string;
  readonly details: Uint8Array;
}

const internal = 13;
const domain = 'guanxi';

const metadataOf = ({ version, allowed, ids }: Rejection['more']): Record<string, string> => ({
  ...(version === undefined ? {} : { version: String(version) }),
  ...(allowed ? { allowed: allowed.join(',') } : {}),
  ...(ids ? { ids: ids.join(',') } : {}),
});

/** A refusal or a failure as a gRPC status with google.rpc details. */
export const toStatus = (error: Rejection | Failure): Status => {
  const refusal = error instanceof Rejection;
  const code = refusal ? statusOf[error.kind].grpc : internal;
  const info = create(ErrorInfoSchema, {
    domain,
    reason: refusal ? error.slug : 'internal',
    metadata: refusal ? metadataOf(error.more) : { traceId: error.traceId },
  });
  const fields = refusal ? (error.more.errors ?? []) : [];
  const violations = fields.map(({ field, rule, message }) => ({ field, reason: rule, description: message }));
  const details = [anyPack(ErrorInfoSchema, info)];
  if (violations.length > 0) details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations: violations })));
  return { code, message: error.message, details: toBinary(StatusSchema, create(StatusSchema, { code, message: error.message, details })) };
};

const list = (text: string | undefined): string[] | undefined => (text === undefined ? undefined : text.split(',').filter(Boolean));

const kindOf = (code: number): RejectionKind | undefined => (Object.keys(statusOf) as RejectionKind[]).find((kind) => statusOf[kind].grpc === code);

const detailed = (code: number, message: string, bytes: Uint8Array): Rejection | Failure | undefined => {
  const { details } = fromBinary(StatusSchema, bytes);
  const info = details.map((any) => anyUnpackTo(any, ErrorInfoSchema, create(ErrorInfoSchema))).find((it) => it?.domain === domain);
  if (!info) return undefined;
  const kind = kindOf(code);
  if (!kind) return new Failure(info.metadata['traceId'] ?? '');
  const errors: FieldError[] = details
    .flatMap((any) => anyUnpackTo(any, BadRequestSchema, create(BadRequestSchema))?.fieldViolations ?? [])
    .map((it) => ({ field: it.field, rule: it.reason, message: it.description }));
  const { version, allowed, ids } = info.metadata;
  return new Rejection(info.reason, kind, message, {
    ...(errors.length > 0 ? { errors } : {}),
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(allowed === undefined ? {} : { allowed: list(allowed) }),
    ...(ids === undefined ? {} : { ids: list(ids) }),
  });
};

/** The other way: what a client of a service throws. Details that can't be read are left aside. */
export const fromStatus = (code: number, message: string, details: Uint8Array | undefined): Rejection | Failure => {
  try {
    const known = details && details.length > 0 ? detailed(code, message, details) : undefined;
    if (known) return known;
  } catch {
    // A stranger's details; the code says enough.
  }
  const plain = bare[code];
  return plain ? new Rejection(...plain) : new Failure('');
};

/** The HTTP status of a refusal or failure. */
export const httpStatus = (error: Rejection | Failure): number =>
  error instanceof Failure ? 500 : unreadable.has(error.slug) ? 400 : statusOf[error.kind].http;

/** RFC 9457, as public-api.md fixes it; `ids` names the other things that it is about. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly allowed?: readonly string[];
  readonly version?: number;
  readonly ids?: readonly string[];
  readonly traceId: string;
}

const titleOf = (slug: string): string => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll('-', ' ');

/** The body of `application/problem+json`. A failure keeps the trace id of where it happened. */
export const problemOf = (error: Rejection | Failure, traceId: string): Problem => {
  const slug = error instanceof Failure ? 'internal' : error.slug;
  const { errors = [], allowed, version, ids } = error instanceof Failure ? {} : error.more;
  return {
    type: `/problems/${slug}`,
    title: titleOf(slug),
    status: httpStatus(error),
    detail: error.message,
    errors,
    ...(allowed ? { allowed } : {}),
    ...(version === undefined ? {} : { version }),
    ...(ids ? { ids } : {}),
    traceId: (error instanceof Failure && error.traceId) || traceId,
  };
};
