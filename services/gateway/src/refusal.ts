import type { FieldError } from '@guanxi/event-sourcing/rejection';

/** Ends a request where gRPC has no status for it: 400, 404 of a route, 405, 413, 415. `slug` has a page at /problems/<slug>. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly slug: string,
    detail: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

/** 400: the request can't be read as what the contract says. `field` is a path in JSON names. */
export const unreadable = (slug: string, detail: string, field?: string): Refusal =>
  new Refusal(400, slug, detail, field === undefined ? [] : [{ field, rule: slug, message: detail }]);
