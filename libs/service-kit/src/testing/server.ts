import { createServer, type AddressInfo } from 'node:net';
import { verifier } from '../auth.js';
import type { RpcController } from '../controllers.js';
import { startServer, type RunningServer, type ServerParts } from '../grpc.server.js';
import type { Kit } from '../kit.js';
import { logger } from '../log.js';
import { testIssuer, type Issuer } from './issuer.js';

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** A running server, where it listens and who signs its tokens. */
export interface TestServer extends RunningServer {
  readonly address: string;
  readonly issuer: Issuer;
}

/** A gRPC server with these controllers on a free port, and an issuer of its own. */
export const testServer = async (controllers: readonly RpcController[], parts: Partial<ServerParts> = {}, known?: Issuer): Promise<TestServer> => {
  const issuer = known ?? (await testIssuer());
  const address = parts.address ?? `127.0.0.1:${await freePort()}`;
  const server = await startServer({
    kit: {} as Kit,
    verify: verifier(issuer.options),
    log: logger('test', 'silent'),
    ...parts,
    address,
    controllers,
  });
  return { ...server, address, issuer };
};
