import { Agent, request as httpRequest } from 'node:http';
import { closedLoop } from './harness.ts';

/** A keep-alive client of one address, `connections` wide. */
export interface HttpLoad {
  /** Posts JSON; throws on any other status than 2xx. */
  readonly post: (path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<string>;
  readonly close: () => void;
}

/** node:http costs the client about 70 µs a call (performance.md §5): the same for probe and product. */
export const httpLoad = (url: string, connections: number): HttpLoad => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const post: HttpLoad['post'] = (path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const call = httpRequest(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => ((answer.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(`${answer.statusCode} ${text}`))));
        },
      );
      call.on('error', reject).end(body);
    });
  return { post, close: () => agent.destroy() };
};

/** A variant's run: `connections` posts in flight. */
export const posting =
  (load: HttpLoad, connections: number, next: () => { path: string; body: string; headers?: Readonly<Record<string, string>> }) => (ms: number) =>
    closedLoop(connections, ms, () => {
      const { path, body, headers } = next();
      return load.post(path, body, headers);
    });
