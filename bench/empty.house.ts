import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapFlags } from '../scripts/heap.ts';
import { freePort } from '../scripts/processes.ts';
import { startServer, type ProbeServer } from './server.ts';

/** Probe H: a gateway of its own before a service whose handlers are empty. */
export interface EmptyHouse {
  readonly url: string;
  readonly pids: readonly number[];
  readonly stop: () => void;
}

/** What a running process was started with: probe and product then differ in nothing else. */
export const environmentOf = (pid: number): Record<string, string> =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((it) => it.includes('='))
      .map((it) => [it.slice(0, it.indexOf('=')), it.slice(it.indexOf('=') + 1)]),
  );

/** Starts a gateway of its own before one service, with the environment of the running gateway `pid` and what is put over it. */
export const startGatewayBefore = async (pid: number, service: ProbeServer, more: Readonly<Record<string, string>> = {}): Promise<EmptyHouse> => {
  const port = await freePort();
  const main = join(import.meta.dirname, '../services/gateway/dist/main.js');
  const gateway = spawn(process.execPath, [...heapFlags, main], {
    env: {
      ...environmentOf(pid),
      GUANXI_HTTP: `127.0.0.1:${port}`,
      GUANXI_OPERATIONS: `127.0.0.1:${await freePort()}`,
      GUANXI_PEERS: `accounts=${new URL(service.url).host}`,
      ...more,
    },
    stdio: 'inherit',
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    const up = await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) break;
    await sleep(50);
  }
  return {
    url,
    pids: [gateway.pid ?? 0, service.pid],
    stop: () => {
      gateway.kill();
      service.stop();
    },
  };
};

/** Starts probe H beside the gateway `pid`, whose tokens it takes. */
export const startEmptyHouse = async (pid: number): Promise<EmptyHouse> =>
  startGatewayBefore(pid, await startServer('empty.service', environmentOf(pid)));
