import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCluster, postmaster } from '../scripts/postgres/cluster.ts';
import { startServer } from '../scripts/postgres/server.ts';
import { alive, freePort } from '../scripts/processes.ts';
import { imageIsHere } from './container.ts';

const image = process.env.TEST_PG_IMAGE ?? 'postgres:18';
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 300,
  max_wal_size: '2GB',
  shared_buffers: '128MB',
};

/** One real PostgreSQL for the whole run, in `TEST_PG_URL`: the one stated there, else a container, else the embedded one. Gives back how to stop it. */
export const startTestServer = async (): Promise<() => Promise<void>> => {
  if (process.env.TEST_PG_URL) return async () => {};
  return (await container()) ?? (await embedded());
};

const container = async (): Promise<(() => Promise<void>) | undefined> => {
  if (!(await imageIsHere(image))) return undefined;
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const started = await new PostgreSqlContainer(image).withCommand(['postgres', ...flags]).start();
  process.env.TEST_PG_URL = started.getConnectionUri();
  return async () => void (await started.stop());
};

const prefix = 'guanxi-test-';

const embedded = async (): Promise<() => Promise<void>> => {
  removeLeftovers();
  const root = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(root, 0o755);
  const [port] = await Promise.all([freePort(), makeCluster(join(root, 'data'))]);
  const server = await startServer(join(root, 'data'), port, join(root, 'log'), settings);
  process.env.TEST_PG_URL = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return async () => {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  };
};

/** Servers of runs that were killed. */
const removeLeftovers = (): void => {
  for (const name of readdirSync(tmpdir()).filter((it) => it.startsWith(prefix))) {
    if (alive(Number(name.slice(prefix.length).split('-')[0]))) continue;
    const left = postmaster(join(tmpdir(), name, 'data'));
    if (left?.runs) process.kill(left.pid, 'SIGQUIT');
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
};
