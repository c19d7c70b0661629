import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeCluster } from '../scripts/postgres/cluster.ts';
import { startServer } from '../scripts/postgres/server.ts';
import { freePort } from '../scripts/processes.ts';

export interface Bench {
  readonly url: (database: string) => string;
  readonly create: (database: string) => Promise<string>;
  readonly pids: () => readonly number[];
  readonly stop: () => Promise<void>;
}

const settings = {
  shared_buffers: '2GB',
  min_wal_size: '2GB',
  max_wal_size: '8GB',
  jit: 'off',
  shared_preload_libraries: 'pg_stat_statements',
  max_connections: 200,
};

/** A PostgreSQL of its own with durability on, as performance.md §0 says; asserted, since a benchmark without fsync says nothing. */
export const startBenchPostgres = async (): Promise<Bench> => {
  const root = mkdtempSync(join(tmpdir(), 'guanxi-bench-'));
  // PostgreSQL may run as another user.
  chmodSync(root, 0o755);
  const folder = join(root, 'data');
  await makeCluster(folder);
  const server = await startServer(folder, await freePort(), join(root, 'postgres.log'), settings);
  const url = (database: string) => `postgres://postgres@127.0.0.1:${server.port}/${database}`;
  const admin = new pg.Client({ connectionString: url('postgres') });
  await admin.connect();
  const { rows } = await admin.query<{ fsync: string; commit: string }>(
    `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit`,
  );
  if (rows[0]?.fsync !== 'on' || rows[0].commit !== 'on') throw new Error('the benchmark needs fsync and synchronous_commit on');
  // A server that has run for a while writes its log into old segments; making a new one stops everybody for 10 ms.
  await admin.query(`select count(pg_logical_emit_message(false, 'bench', repeat('x', 1000000))) from generate_series(1, 1600)`);
  await admin.query('checkpoint');
  return {
    url,
    create: async (database) => {
      await admin.query(`create database ${database}`);
      return url(database);
    },
    pids: () => [server.pid],
    stop: async () => {
      await admin.end();
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
