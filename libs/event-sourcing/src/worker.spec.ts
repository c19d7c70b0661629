import { describe, expect, it } from '@jest/globals';
import { startWorker } from './worker.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a worker', () => {
  it('goes on while there is more, then sleeps until it is woken', async () => {
    let steps = 0;
    const worker = startWorker(() => Promise.resolve(++steps < 5), { pollMs: 60_000 });
    await pause(30);
    expect(steps).toBe(5);
    worker.wake();
    await pause(30);
    expect(steps).toBe(6);
    await worker.stop();
  });

  it('does not oversleep a wake-up that comes in the middle of a step', async () => {
    let steps = 0;
    const step = async (): Promise<boolean> => {
      steps++;
      await pause(20);
      return false;
    };
    const worker = startWorker(step, { pollMs: 60_000 });
    await pause(5);
    worker.wake();
    await pause(80);
    expect(steps).toBe(2);
    await worker.stop();
  });

  it('looks by itself now and then, since a wake-up may be lost', async () => {
    let steps = 0;
    const worker = startWorker(() => Promise.resolve(++steps < 0), { pollMs: 10 });
    await pause(120);
    await worker.stop();
    expect(steps).toBeGreaterThan(3);
  });

  it('tries a step again for ever, with longer and longer pauses that no wake-up cuts short', async () => {
    const errors: unknown[] = [];
    const worker = startWorker(() => Promise.reject(new Error('not now')), {
      pollMs: 1,
      longestPauseMs: 200,
      onError: (error) => errors.push(error),
    });
    for (let n = 0; n < 50; n++) {
      await pause(10);
      worker.wake();
    }
    await worker.stop();
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.length).toBeLessThan(8);
  });

  it('ends after the step that is under way', async () => {
    let ended = false;
    const worker = startWorker(async () => {
      await pause(40);
      ended = true;
      return true;
    });
    await worker.stop();
    expect(ended).toBe(true);
  });
});
