import { setTimeout as sleep } from 'node:timers/promises';
import type { Door } from './door.js';

interface Health {
  readonly parts?: readonly { readonly name: string; readonly lagMs: number }[];
}

/** Parts that fold or carry events; a database and a clock have a lag of another kind. */
const follower = /\/(view|relay|consumer)\b/;
const pauseMs = 300;

/**
 * Waits until every view, relay and consumer has caught up: what the import recorded can be read everywhere. Gives back how many
 * milliseconds the last one is still behind after `patienceMs`; 0 where all have caught up, undefined where nobody could be asked.
 */
export const caughtUp = async ({ url }: Pick<Door, 'url'>, patienceMs = 60_000): Promise<number | undefined> => {
  let [calm, behind] = [0, undefined as number | undefined];
  for (const end = Date.now() + patienceMs; Date.now() < end && calm < 2; await sleep(pauseMs)) {
    const health = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
      (it) => it.json() as Promise<Health>,
      () => undefined,
    );
    behind = health && Math.max(0, ...(health.parts ?? []).filter(({ name }) => follower.test(name)).map(({ lagMs }) => lagMs));
    // Twice: what one has just caught up with, the next one may not have heard of yet.
    calm = behind === 0 ? calm + 1 : 0;
  }
  return behind;
};
