import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Between a client and PostgreSQL: cuts the line where a test says. */
export interface Proxy {
  /** The same database through the proxy. */
  readonly url: string;
  /** The next statement never reaches the server, or its reply never reaches the client; then the line is cut. */
  cut(what: 'statement' | 'reply'): void;
  /** How often it cut. */
  cuts(): number;
  close(): Promise<void>;
}

/** Starts a proxy to the server of `url` on a free port. */
export const proxyTo = async (url: string): Promise<Proxy> => {
  const { hostname, port } = new URL(url);
  const through = new URL(url);
  let cut: 'statement' | 'reply' | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const backend = connect(Number(port), hostname);
    const end = (): void => void [client, backend].forEach((it) => it.destroy());
    const cutNow = (): void => {
      cut = undefined;
      cuts += 1;
      end();
    };
    for (const socket of [client, backend]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (data) => (cut === 'statement' ? cutNow() : backend.write(data)));
    backend.on('data', (data) => (cut === 'reply' ? cutNow() : client.write(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut: (what) => (cut = what),
    cuts: () => cuts,
    close: async () => {
      sockets.forEach((it) => it.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
