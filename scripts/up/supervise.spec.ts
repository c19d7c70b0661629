import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise, type Running } from './supervise.ts';

/** Processes of a test: `end` ends the one that runs. */
const processes = () => {
  const started: number[] = [];
  let end: (how: string) => void = () => {};
  const start = (): Promise<Running> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    started.push(started.length + 1);
    end = resolve;
    return Promise.resolve({ pid: started.length, ended: promise, stop: () => Promise.resolve(resolve('was stopped')) });
  };
  return { started, start, end: (how: string) => end(how) };
};

const told = () => {
  const said: string[] = [];
  const again = { count: 0 };
  return { said, again, on: { say: (text: string) => void said.push(text), restarted: () => void again.count++ } };
};

describe('a supervised process', () => {
  it('is started again when it ends by itself, and that is said', async () => {
    const [them, { said, again, on }] = [processes(), told()];
    const child = await supervise('accounts', them.start, on);
    them.end('ended by itself (SIGKILL)');
    while (!again.count) await sleep(10);
    expect([child.pid(), child.falls(), said]).toEqual([2, 1, ['accounts ended by itself (SIGKILL); it is started again.']]);
    await child.stop();
    expect(them.started).toHaveLength(2);
  });

  it('is not started again when it was stopped, nor while it waits for its next start', async () => {
    const [them, { on }] = [processes(), told()];
    await (await supervise('accounts', them.start, on)).stop();
    const child = await supervise('accounts', them.start, on);
    them.end('fell');
    await sleep(20);
    await child.stop();
    await sleep(300);
    expect(them.started).toHaveLength(2);
  });

  it('waits longer before each next start, and tries again where a start fails', async () => {
    const [them, { said, again, on }] = [processes(), told()];
    let failures = 2;
    const start = async (): Promise<Running> => {
      if (them.started.length && failures-- > 0) throw new Error('no memory');
      return them.start();
    };
    const child = await supervise('accounts', start, on);
    const since = performance.now();
    them.end('fell');
    while (!again.count) await sleep(10);
    expect(performance.now() - since).toBeGreaterThan(200 + 400 + 800 - 20);
    expect(said).toEqual(['accounts fell; it is started again.', ...Array<string>(2).fill('accounts could not be started: no memory')]);
    await child.stop();
  });

  it('passes the failure of its first start on', async () => {
    await expect(supervise('accounts', () => Promise.reject(new Error('no')), told().on)).rejects.toThrow('no');
  });
});
