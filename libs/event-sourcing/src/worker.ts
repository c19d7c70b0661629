/** A loop that does a step at a time; others wake it. */
export interface Worker {
  /** There is something to do: look now, not at the next poll. */
  wake(): void;
  /** Ends after the step that is under way. */
  stop(): Promise<void>;
}

/** How a worker waits. Times in milliseconds. */
export interface WorkerOptions {
  /** How long it sleeps where there is nothing to do and nobody wakes it. */
  readonly pollMs?: number;
  /** The longest pause after failures in a row; the first is 100 ms, each next twice as long. */
  readonly longestPauseMs?: number;
  readonly onError?: (error: unknown) => void;
}

/** Starts a loop over `step`, which says whether there may be more to do at once. A step that throws is tried again, for ever. */
export const startWorker = (step: () => Promise<boolean>, { pollMs = 1_000, longestPauseMs = 30_000, onError }: WorkerOptions = {}): Worker => {
  let stopped = false;
  let woken = false;
  let failures = 0;
  let rouse: () => void = () => undefined;

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const turn = async (): Promise<number> => {
    woken = false;
    try {
      const more = await step();
      failures = 0;
      return more || woken ? 0 : pollMs;
    } catch (error) {
      onError?.(error);
      // Jitter, so that replicas that failed together do not come back together.
      return Math.min(longestPauseMs, 100 * 2 ** Math.min(failures++, 20)) * (0.75 + Math.random() / 2);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      const pause = await turn();
      if (pause > 0 && !stopped) await sleep(pause);
    }
  };

  const running = run();
  return {
    wake: () => {
      woken = true;
      // A wake-up must not cut the pause after a failure short: it comes with every event.
      if (failures === 0) rouse();
    },
    stop: () => {
      stopped = true;
      rouse();
      return running;
    },
  };
};
