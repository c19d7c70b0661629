import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { verifier } from '../auth.js';
import type { RpcController } from '../controllers.js';
import { startServer, type RunningServer, type ServerParts } from '../grpc.server.js';
import type { Kit } from '../kit.js';
import { logger } from '../log.js';
import { testIssuer, type Issuer } from './issuer.js';

/** A port that was free a moment ago, and is none of those that a client's connection takes meanwhile. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const port = randomInt(15_000, 32_000);
    const probe = createServer()
      .once('error', () => resolve(freePort()))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
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
