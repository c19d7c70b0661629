import type { Warning } from './advice.js';
import type { Committed } from './caller.js';
import { Rejection, type RejectionKind, type RejectionMore } from './rejection.js';

interface Refusal {
  readonly slug: string;
  readonly kind: RejectionKind;
  readonly detail: string;
  readonly more: RejectionMore;
}
type Kept = { readonly id: string; readonly version: number; readonly warnings?: readonly Warning[] } | { readonly refusal: Refusal };

/** What is kept of an answer with its key; the position stands beside it. */
export const keptAnswer = (id: string, version: number, warnings: readonly Warning[]): string =>
  JSON.stringify({ id, version, ...(warnings.length > 0 ? { warnings } : {}) } satisfies Kept);

/** A refusal that is an answer. */
export const keptRefusal = ({ slug, kind, message, more }: Rejection): string =>
  JSON.stringify({ refusal: { slug, kind, detail: message, more } } satisfies Kept);

/** The first answer again. @throws Rejection where that was a refusal */
export const firstAnswer = (answer: string, position: number): Committed => {
  const kept = JSON.parse(answer) as Kept;
  if ('refusal' in kept) throw new Rejection(kept.refusal.slug, kept.refusal.kind, kept.refusal.detail, kept.refusal.more);
  return { id: kept.id, version: kept.version, position: String(position), warnings: kept.warnings ?? [], replayed: true };
};

/** The same key came with another request. */
export const keyReused = (): Rejection =>
  new Rejection('idempotency-key-reused', 'invalid', 'This idempotency key was used for another request.', {
    errors: [{ field: 'Idempotency-Key', rule: 'idempotency-key-reused', message: 'was used for another request' }],
  });

/** If-Match names another version than the stream's. */
export const versionMismatch = (version: number): Rejection =>
  new Rejection('version-mismatch', 'stale', `The version is ${version} now.`, { version });
