/** What a refusal means to the caller; mapped once to a gRPC status and once to an HTTP status (service-kit). */
export type RejectionKind =
  | 'invalid' // a value or a rule: 422
  | 'unauthenticated' // no or a bad token: 401
  | 'forbidden' // 403
  | 'not-found' // 404
  | 'conflict' // the state does not allow it: 409
  | 'stale' // If-Match names another version: 412
  | 'exhausted' // too much at once: 429
  | 'unavailable'; // try again later: 503

/** A field that broke a rule. `field` is a path in JSON names, `rule` is stable (`string.uuid`); neither holds a value. */
export interface FieldError {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** What a refusal tells beside its sentence, for a program to act on. */
export interface RejectionMore {
  readonly errors?: readonly FieldError[];
  /** Commands that the state allows now, by message name. */
  readonly allowed?: readonly string[];
  /** The stream's version now. */
  readonly version?: number;
  /** Other things it speaks of, UUIDs. */
  readonly ids?: readonly string[];
}

/** The one way to refuse a command. `slug` has a page at /problems/<slug>; `detail` never holds personal data. */
export class Rejection extends Error {
  constructor(
    readonly slug: string,
    readonly kind: RejectionKind,
    detail: string,
    readonly more: RejectionMore = {},
  ) {
    super(detail);
    this.name = 'Rejection';
  }
}

/** Refuses a value: 422 naming the field and the rule. */
export const invalid = (slug: string, field: string, message: string): Rejection =>
  new Rejection(slug, 'invalid', message, { errors: [{ field, rule: slug, message }] });
