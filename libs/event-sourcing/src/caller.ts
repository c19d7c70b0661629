import type { Warning } from './advice.js';

/** Who sends a command, and what they ask for besides. */
export interface Caller {
  /** Pseudonymous: a token's subject, or a policy's name. */
  readonly subject: string;
  readonly kind: 'OPERATOR' | 'CUSTOMER' | 'SYSTEM' | 'PARTNER';
  /** The role in which they act; '' for none. */
  readonly role: string;
  /** Whose the data is; '' for none. */
  readonly segment: string;
  /** 1 to 200 characters; a command without one can't be repeated without doing it twice. */
  readonly idempotencyKey?: string;
  /** The version that the stream must have. */
  readonly ifMatch?: number;
  /** Wait until the service's own views hold what was done? */
  readonly wait: boolean;
  readonly traceparent?: string;
  /** The first cause; the command's own id where absent. */
  readonly correlationId?: string;
  /** The event or command before. */
  readonly causationId?: string;
  /** Is a Rejection an answer to keep under the key? So for policies, whose repeats must not be decided anew. */
  readonly keepRefusal?: boolean;
}

/** The answer to a command that was done. */
export interface Committed {
  /** The stream, a UUID. */
  readonly id: string;
  /** The stream's version after the command. */
  readonly version: number;
  /** Of the command's last event in the history; int64 as text. */
  readonly position: string;
  readonly warnings: readonly Warning[];
  /** Is it the first answer to a command that was done before? */
  readonly replayed: boolean;
}
