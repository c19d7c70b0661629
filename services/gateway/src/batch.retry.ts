import { setTimeout as sleep } from 'node:timers/promises';
import { Rejection, type RejectionKind } from '@guanxi/event-sourcing/rejection';
import type { Log } from '@guanxi/service-kit/log';
import type { Call } from './peers.js';

/** A service that was out of reach for this long is down, not busy or being restarted. */
const patienceMs = 60_000;
const firstPauseMs = 20;
const longestPauseMs = 2_000;
/** Tries after which an operator may want to know. */
const worthTelling = 6;

const pauseMs = (attempt: number): number => Math.min(firstPauseMs * 2 ** attempt, longestPauseMs) * (0.5 + Math.random() / 2);

/**
 * A call that waits where a service is busy or out of reach, instead of failing: a line of a batch has an idempotency key, so
 * that nothing is done twice. It gives up when the client has gone, or when the service is out of reach for a minute.
 */
export const patient = (call: Call, hasGone: () => boolean, log: Log, now: () => number = performance.now.bind(performance)): Call => {
  const awaySince = new Map<string, number>();
  /** Remembers since when a service is out of reach. False where nothing is gained by waiting for it. */
  const worthWaiting = (service: string, kind: RejectionKind | undefined): boolean => {
    if (kind !== 'unavailable') {
      awaySince.delete(service);
      return kind === 'exhausted';
    }
    const since = awaySince.get(service) ?? now();
    awaySince.set(service, since);
    return now() - since <= patienceMs;
  };
  return async (service, path, body, headers, timeoutMs) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await call(service, path, body, headers, timeoutMs);
        awaySince.delete(service);
        return answer;
      } catch (error) {
        const refusal = error instanceof Rejection ? error : undefined;
        if (!worthWaiting(service, refusal?.kind) || hasGone()) throw error;
        if (attempt === worthTelling) log.warn({ source: service, ...(refusal && { slug: refusal.slug }) }, 'a batch waits for a service');
        await sleep(pauseMs(attempt));
      }
    }
  };
};
