import { setTimeout as sleep } from 'node:timers/promises';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Log } from '@guanxi/service-kit/log';
import type { Call } from './peers.js';

/** A service that was out of reach for this long is down, not busy or being restarted. */
const patienceMs = 60_000;
const firstPauseMs = 20;
const longestPauseMs = 2_000;

const pauseMs = (attempt: number): number => Math.min(firstPauseMs * 2 ** attempt, longestPauseMs) * (0.5 + Math.random() / 2);

/** What a call throws instead of waiting on when nobody waits for its answer any more. */
export class GivenUp extends Error {}

/**
 * A call that waits where a service is busy or out of reach, instead of failing: a line of a batch has an idempotency key, so
 * that nothing is done twice. It fails where the service is out of reach for a minute.
 * @throws GivenUp when it would have to wait on and `isOver`
 */
export const patient = (call: Call, isOver: () => boolean, log: Log, now: () => number = performance.now.bind(performance)): Call => {
  const awaySince = new Map<string, number>();
  /** Remembers since when a service is out of reach. False where nothing is gained by waiting for it. */
  const worthWaiting = (service: string, refusal: Rejection | undefined): boolean => {
    if (refusal?.kind !== 'unavailable') {
      awaySince.delete(service);
      return refusal?.kind === 'exhausted';
    }
    if (!awaySince.has(service)) log.warn({ source: service, slug: refusal.slug }, 'a batch waits for a service');
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
        if (!worthWaiting(service, error instanceof Rejection ? error : undefined)) throw error;
        if (isOver()) throw new GivenUp();
        await sleep(pauseMs(attempt));
      }
    }
  };
};
