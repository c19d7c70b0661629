import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilReady, type Health } from './ready.ts';
import type { Supervised } from './supervise.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

const gateway = async (answers: Health[]): Promise<string> => {
  server = createServer((_, response) =>
    response.setHeader('connection', 'close').end(JSON.stringify(answers.length > 1 ? answers.shift() : answers[0])),
  );
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const child = (falls: number): Supervised => ({ name: 'accounts', pid: () => 1, falls: () => falls, stop: () => Promise.resolve() });
const never = new AbortController().signal;
const unready: Health = { ready: false, parts: [{ name: 'accounts/view orders', ready: false, reason: 'is folded anew' }] };

describe('waiting until the house is ready', () => {
  it('ends when the gateway says so', async () => {
    await untilReady(await gateway([unready, unready, { ready: true }]), [child(2)], never, () => {});
  });

  it('ends with a word where a service falls again and again', async () => {
    await expect(untilReady(await gateway([unready]), [child(0), child(3)], never, () => {})).rejects.toThrow('accounts does not start');
  });

  it('ends when it is told to stop', async () => {
    const stop = AbortSignal.timeout(150);
    await expect(untilReady('http://127.0.0.1:1', [child(0)], stop, () => {})).rejects.toThrow('aborted');
  });
});
