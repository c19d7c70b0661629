import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../trouble.ts';
import type { Supervised } from './supervise.ts';

const patienceMs = 60_000;
/** Who fell that often before the house was ever ready will not stand by itself. */
const mostFalls = 3;

/** The gateway's `/health/ready`. */
export interface Health {
  readonly ready: boolean;
  readonly parts?: readonly { readonly name: string; readonly ready: boolean; readonly lagMs?: number; readonly reason?: string }[];
}

/** Asks the gateway how everybody is; undefined where nobody answers. */
export const health = async (url: string): Promise<Health | undefined> => {
  try {
    return (await (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).json()) as Health;
  } catch {
    return undefined;
  }
};

/** Waits until the gateway says that every part is ready. */
export const untilReady = async (url: string, children: readonly Supervised[], signal: AbortSignal): Promise<void> => {
  let last: Health | undefined;
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50, undefined, { signal })) {
    last = await health(url);
    if (last?.ready) return;
    const fallen = children.find(({ falls }) => falls() >= mostFalls);
    if (fallen) throw new Trouble(`${fallen.name} does not start; the reason stands at the end of its log.`);
  }
  const waiting = last?.parts?.filter((part) => !part.ready).map((part) => `${part.name}: ${part.reason ?? 'not ready'}`);
  throw new Trouble(`Not ready after ${patienceMs / 1000} s. ${waiting?.join('; ') ?? 'The gateway does not answer.'}`);
};
