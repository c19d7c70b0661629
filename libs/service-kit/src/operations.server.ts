import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Part } from './health.js';
import { noMeter, openMetrics } from './meter.js';
import { watchProcess } from './process.metrics.js';
import type { Meter } from '@opentelemetry/api';

/** Is this process ready for work, and which of its parts is not? */
export type Readiness = () => Promise<{ readonly ready: boolean; readonly parts: readonly Part[] }>;

/** The port of operators: `/metrics`, `/health/live`, `/health/ready`. */
export interface Operations {
  /** Where metrics are made; one that does nothing where there is no such port. */
  readonly meter: Meter;
  /** Before it is called, and after `stopping`, the process is not ready. */
  ready(readiness: Readiness): void;
  stopping(): void;
  close(): Promise<void>;
}

const notYet =
  (reason: string): Readiness =>
  () =>
    Promise.resolve({ ready: false, parts: [{ name: 'process', ready: false, lagMs: 0, reason }] });

const answer = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));

const listening = (server: Server, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const at = address.lastIndexOf(':');
    server.once('error', reject).listen(Number(address.slice(at + 1)), address.slice(0, at).replaceAll(/[[\]]/g, ''), resolve);
  });

/**
 * Opens the port of operators at host:port; nothing where there is none. It asks for no token: bind it where only probes and
 * Prometheus come. It answers before anything else of the process works, so that a long start is not taken for a dead one.
 * @throws where the address is taken
 */
export const startOperations = async (service: string, address: string | undefined): Promise<Operations> => {
  let readiness = notYet('is starting');
  const ready = (now: Readiness): void => void (readiness = now);
  const stopping = (): void => void (readiness = notYet('is about to stop'));
  if (address === undefined) return { meter: noMeter, ready, stopping, close: () => Promise.resolve() };

  const metrics = await openMetrics(service);
  const unwatch = watchProcess(metrics.meter);
  const readyPage = (response: ServerResponse): void =>
    void readiness().then(
      (found) => answer(response, found.ready ? 200 : 503, found),
      () => answer(response, 503, { ready: false, parts: [] }),
    );
  const pages = new Map<string, (response: ServerResponse) => void>([
    ['/metrics', (response) => metrics.write(response)],
    ['/health/live', (response) => answer(response, 200, { live: true })],
    ['/health/ready', readyPage],
  ]);
  const listener: RequestListener = ({ method, url = '' }, response) => {
    const page = method === 'GET' ? pages.get(url.split('?', 1)[0] as string) : undefined;
    if (page) page(response);
    else answer(response, 404, { pages: [...pages.keys()] });
  };
  const server = createServer(listener);
  await listening(server, address);
  const close = (): Promise<void> => {
    unwatch();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { meter: metrics.meter, ready, stopping, close };
};
