import { setTimeout as sleep } from 'node:timers/promises';

/** A process that runs. */
export interface Running {
  readonly pid: number;
  /** Ends when the process has ended, with how it did. */
  readonly ended: Promise<string>;
  /** Asks it to end and waits for that. */
  stop(): Promise<void>;
}

/** A process that is started again whenever it ends by itself. */
export interface Supervised {
  readonly name: string;
  readonly pid: () => number;
  /** How often it ended by itself. */
  readonly falls: () => number;
  stop(): Promise<void>;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** Who lived that long is forgiven its earlier falls. */
const healthyMs = 30_000;

/** Starts a process and keeps it running; a first start that fails is the caller's, later ones are tried again. */
export const supervise = async (
  name: string,
  start: () => Promise<Running>,
  on: { say: (text: string) => void; restarted: () => void },
): Promise<Supervised> => {
  let running = await start();
  let [falls, inARow, stopping] = [0, 0, false];
  const pausing = new AbortController();

  const again = async (): Promise<void> => {
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** inARow++);
    await sleep(pause, undefined, { signal: pausing.signal }).catch(() => undefined);
    if (stopping) return;
    try {
      running = await start();
      if (stopping) return await running.stop();
      on.restarted();
    } catch (error) {
      on.say(`${name} could not be started: ${(error as Error).message}`);
      await again();
    }
  };

  const watch = async (): Promise<void> => {
    while (!stopping) {
      const since = Date.now();
      const how = await running.ended;
      if (stopping) return;
      falls++;
      if (Date.now() - since > healthyMs) inARow = 0;
      on.say(`${name} ${how}; it is started again.`);
      await again();
    }
  };

  const watching = watch();
  const stop = async (): Promise<void> => {
    stopping = true;
    pausing.abort();
    await running.stop();
    await watching;
  };
  return { name, pid: () => running.pid, falls: () => falls, stop };
};
