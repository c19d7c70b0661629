import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../trouble.ts';
import type { Supervised } from './supervise.ts';

const tellMs = 20_000;
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

const waitingFor = (last: Health | undefined): string =>
  last?.parts
    ?.filter((part) => !part.ready)
    .map(({ name, reason }) => (reason ? `${name} (${reason})` : name))
    .join(', ') ?? 'the gateway, which does not answer';

/** Waits until the gateway says that every part is ready, however long: a view that is folded anew takes its time. Says what it waits for. */
export const untilReady = async (url: string, children: readonly Supervised[], signal: AbortSignal, say: (text: string) => void): Promise<void> => {
  for (let toldAt = Date.now(); ; await sleep(50, undefined, { signal })) {
    const last = await health(url);
    if (last?.ready) return;
    const fallen = children.find(({ falls }) => falls() >= mostFalls);
    if (fallen) throw new Trouble(`${fallen.name} does not start; the reason stands at the end of its log.`);
    if (Date.now() - toldAt < tellMs) continue;
    toldAt = Date.now();
    say(`Waiting for ${waitingFor(last)}.`);
  }
};
