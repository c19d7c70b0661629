import { setTimeout as pause } from 'node:timers/promises';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import { Trouble } from '../trouble.ts';
import { Away, type RebuildApi } from './api.ts';
import { progressLine } from './words.ts';

const everyMs = { json: 1_000, tty: 250, plain: 5_000 };
const patienceMs = 60_000;

/** How progress is shown: JSON lines, or a line that moves on a terminal. */
export const shower = (json: boolean): { show(it: Generation): void; clear(): void; readonly everyMs: number } => {
  const { isTTY } = process.stdout;
  const line = (it: Generation): string => (json ? `${JSON.stringify(it)}\n` : isTTY ? `\r\x1b[K${progressLine(it)}` : `${progressLine(it)}\n`);
  return {
    show: (it) => void process.stdout.write(line(it)),
    clear: () => void (!json && isTTY && process.stdout.write('\r\x1b[K')),
    everyMs: json ? everyMs.json : isTTY ? everyMs.tty : everyMs.plain,
  };
};

/** Asks, also while the service is being started again. */
const patient = async (api: RebuildApi): Promise<Generation[]> => {
  for (const end = Date.now() + patienceMs; ; await pause(500))
    try {
      return await api.list();
    } catch (error) {
      if (!(error instanceof Away) || Date.now() > end) throw error;
    }
};

/** What a generation that is watched came to; undefined while it is being filled. @throws Trouble where it comes to nothing */
const reachedBy = (found: Generation | undefined, name: string): Generation | undefined => {
  if (!found) throw new Trouble(`${name} was dropped.`);
  if (found.reason) throw new Trouble(`${name} stands still: ${found.reason}.`);
  if (found.state === 'FILLING') return undefined;
  if (found.state === 'LIVE' || found.state === 'FILLED') return found;
  throw new Trouble(`${name} is ${found.state.toLowerCase()}.`);
};

/** Shows how a generation comes on until it is live, or full and waits. @throws Trouble where it was paused, dropped, or stands still */
export const follow = async (api: RebuildApi, view: string, generation: number, json: boolean): Promise<Generation> => {
  const screen = shower(json);
  let shown = -Infinity;
  // Looked for more often than shown: it may be over at any moment.
  for (; ; await pause(Math.min(screen.everyMs, 250))) {
    const found = (await patient(api)).find((it) => it.view === view && it.generation === generation);
    if (found && (found.state === 'FILLING' ? performance.now() - shown >= screen.everyMs : json)) {
      screen.show(found);
      shown = performance.now();
    }
    if (found?.state !== 'FILLING' || found.reason) screen.clear();
    const reached = reachedBy(found, `Generation ${generation} of ${view}`);
    if (reached) return reached;
  }
};
