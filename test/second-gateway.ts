import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@guanxi/service-kit/testing/server';
import { startChild } from '../scripts/up/child.ts';
import { readJson, type Installation } from '../scripts/up/data-folder.ts';
import { gatewayEnvironment } from '../scripts/up/environment.ts';
import type { House } from './house.ts';

const portOf = (address: string): number => Number(address.split(':').at(-1));

/** One more gateway before the services of a house: a process of its own, as another machine would have it. */
export const secondGateway = async ({ folder, run }: House): Promise<{ url: string; stop: () => Promise<void> }> => {
  const { namespace } = readJson<Installation>(join(folder, 'installation.json'))!;
  const [gatewayPort, operations] = await Promise.all([freePort(), freePort()]);
  const ports = Object.fromEntries(run.processes.map(({ name, address }) => [name, portOf(address)]));
  const made = gatewayEnvironment({ folder, namespace, secrets: {}, databasePort: 0, gatewayPort, ports, operations: { gateway: operations } });
  const child = await startChild('gateway', join(folder, 'logs/gateway-2.log'), made);
  const url = `http://127.0.0.1:${gatewayPort}`;
  while (!(await fetch(`${url}/health/live`).catch(() => undefined))) await sleep(50);
  return { url, stop: () => child.stop() };
};
