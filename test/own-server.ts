import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCluster } from '../scripts/postgres/cluster.ts';
import { startServer, type Settings } from '../scripts/postgres/server.ts';
import { freePort } from '../scripts/processes.ts';

/** A PostgreSQL of a test's own. */
export interface OwnServer {
  /** The superuser's, of the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** For what would disturb other tests: backends that are killed, settings that need a restart. Durable unless `settings` say otherwise. */
export const ownServer = async (settings: Settings = {}): Promise<OwnServer> => {
  // The next run clears away folders and servers of this name whose process is gone.
  const root = mkdtempSync(join(tmpdir(), `guanxi-test-${process.pid}-own-`));
  chmodSync(root, 0o755);
  const [port] = await Promise.all([freePort(), makeCluster(join(root, 'data'))]);
  const server = await startServer(join(root, 'data'), port, join(root, 'log'), { shared_buffers: '64MB', ...settings });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
