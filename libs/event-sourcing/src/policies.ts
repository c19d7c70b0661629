import { setTimeout as pause } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { v5 } from 'uuid';
import type { AnyDecider } from './decider.js';
import { isPassing, stateOf } from './pool.js';
import type { Wanted } from './reactions.js';
import { Rejection } from './rejection.js';

/** Who sends a policy's command: the policy itself. */
export interface PolicyCaller {
  readonly subject: string;
  readonly kind: 'SYSTEM';
  readonly role: '';
  readonly segment: string;
  readonly idempotencyKey: string;
  readonly wait: false;
  readonly keepRefusal: true;
  readonly traceparent?: string;
  readonly correlationId?: string;
  readonly causationId: string;
}

/** How commands are executed: the executor's shape. The position is text. */
export type Execute = (decider: AnyDecider, method: string, command: unknown, caller: PolicyCaller) => Promise<{ readonly position: string }>;

/** What came of commands that policies wanted. */
export interface CarriedOut {
  /** The highest position that they were appended at; 0 for none. */
  readonly then: number;
  /** How many a rule refused. */
  readonly rejected: number;
}

/** The caller of a policy's n-th command for an event. */
export const callerOf = (policy: string, event: string, n: number, { segment, correlationId, traceparent }: Wanted['trace']): PolicyCaller => ({
  subject: policy,
  kind: 'SYSTEM',
  role: '',
  segment,
  idempotencyKey: `${event}:${n}`,
  wait: false,
  keepRefusal: true,
  traceparent,
  correlationId,
  causationId: event,
});

// What pg says where a connection is lost carries no code.
const lost = /connect|timeout|queryable|pool|terminat/i;

/** Is the command itself to blame, or the code that makes or executes it? Not where the database or the service was away. */
export const isPoison = (error: unknown): boolean => {
  if (error instanceof Rejection) return false;
  const state = stateOf(error);
  if (state) return !isPassing(error);
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (typeof code === 'string') return code.startsWith('ERR_');
  return !(name === 'Error' && typeof message === 'string' && lost.test(message));
};

const again: readonly string[] = ['unavailable', 'exhausted'];
const attempts = 8;

/**
 * Executes one command until it is answered; a refusal by a rule is an answer. Undefined is a refusal, else the position.
 * @throws what the executor throws, and the last Rejection where the service stays unavailable for about ten seconds
 */
export const answered = async (send: () => ReturnType<Execute>): Promise<number | undefined> => {
  for (let attempt = 1; ; attempt++)
    try {
      return Number((await send()).position);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      if (!again.includes(error.kind)) return undefined;
      if (attempt === attempts) throw error;
      await pause(40 * 2 ** attempt);
    }
};

/** Executes what is wanted at once, in the order in which it was wanted; commands of one stream stay in that order. */
export const carryOut = async (wishes: readonly Wanted[], execute: Execute, deciderOf: (commands: string) => AnyDecider): Promise<CarriedOut> => {
  const positions = await Promise.all(
    wishes.map(({ policy, event, n, method, command, trace }) =>
      answered(() => execute(deciderOf(policy.commands.typeName), method, command, callerOf(policy.name, event, n, trace))),
    ),
  );
  return { then: Math.max(0, ...positions.map((it) => it ?? 0)), rejected: positions.filter((it) => it === undefined).length };
};

const timerIds = '5e4b8d0a-6c1f-5d39-9d0e-2f6b1a7c4e83';

/** Writes what is wanted later, in the projector's transaction; a repeat finds its own row and changes nothing. */
export const writeTimers = async (client: ClientBase, wishes: readonly Wanted[]): Promise<void> => {
  if (wishes.length === 0) return;
  const column = (of: (it: Wanted) => unknown): unknown[] => wishes.map(of);
  await client.query({
    name: 'timers-write',
    text: /* sql */ `
      insert into timers (id, due, policy, cause, command, request)
      select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::json[], $5::text[], $6::json[]) on conflict (id) do nothing`,
    values: [
      column(({ policy, event, n }) => v5(`${policy.name}:${event}:${n}`, timerIds)),
      column(({ at }) => at && new Date(at).toISOString()),
      column((it) => it.policy.name),
      column(({ event, n, trace }) => JSON.stringify({ event, n, trace })),
      column((it) => `${it.policy.commands.typeName}/${it.method}`),
      column((it) => JSON.stringify(it.command)),
    ],
  });
};
