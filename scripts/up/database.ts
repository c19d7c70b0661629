import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeCluster, postmaster } from '../postgres/cluster.ts';
import { startServer } from '../postgres/server.ts';
import { commandLine, gone } from '../processes.ts';
import { Trouble } from '../trouble.ts';
import { logFile } from './data-folder.ts';
import { bus, services } from './services.ts';
import type { Running } from './supervise.ts';

/** The major version of PostgreSQL that this release brings. */
const major = '18';

const settings = {
  shared_buffers: '256MB',
  max_connections: 200,
  max_wal_size: '2GB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'guanxi',
  // Details of errors and the statements quote rows, and a log must not hold personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** Makes the cluster under another name first: a start that is cut short leaves no folder that looks whole. */
export const prepareCluster = async (folder: string, password: string): Promise<void> => {
  const data = join(folder, 'postgres');
  if (!existsSync(data)) {
    await makeCluster(`${data}.new`, password);
    renameSync(`${data}.new`, data);
    return;
  }
  const version = join(data, 'PG_VERSION');
  if (!existsSync(version) || !existsSync(join(data, 'global/pg_control'))) {
    throw new Trouble(`The data folder ${data} is half-made: it is no whole PostgreSQL folder. To begin anew, remove ${folder}.`);
  }
  const found = readFileSync(version, 'utf8').trim();
  if (found === major) return;
  throw new Trouble(`${data} was made by PostgreSQL ${found}; this release brings ${major}. Start the release that made it, or remove ${folder}.`);
};

/** Ends the PostgreSQL that a killed start of ours left behind; refuses to touch a stranger's. */
export const endLeftover = async (folder: string, ours: number | undefined, say: (text: string) => void): Promise<void> => {
  const data = join(folder, 'postgres');
  const found = postmaster(data);
  // After a crash of the machine the id may be another process's by now; PostgreSQL would take it for its own.
  if (!found?.runs) return rmSync(join(data, 'postmaster.pid'), { force: true });
  if (found.pid !== ours) {
    const who = `Another PostgreSQL (process ${found.pid}) uses ${folder}/postgres, and it is not of an earlier start.`;
    throw new Trouble(`${who}\nStop it first: kill -INT ${found.pid}\n${commandLine(found.pid)}`);
  }
  say(`A PostgreSQL of an earlier start was left behind (process ${found.pid}); it is stopped.`);
  process.kill(found.pid, 'SIGINT');
  if (!(await gone(found.pid, 60_000)))
    throw new Trouble(`The PostgreSQL left behind (process ${found.pid}) does not end. Stop it: kill -QUIT ${found.pid}`);
};

/** Starts PostgreSQL on the data folder. */
export const startDatabase = async (folder: string, port: number): Promise<Running> => {
  const server = await startServer(join(folder, 'postgres'), port, logFile(folder, 'postgres'), settings);
  return { pid: server.pid, ended: server.ended.then(() => 'ended'), stop: () => server.stop() };
};

/** A connection address. */
export const address = (port: number, role: string, secrets: Readonly<Record<string, string>>, database: string): string =>
  `postgres://${role}:${secrets[role]}@127.0.0.1:${port}/${database}`;

const withClient = async (url: string, work: (query: (sql: string) => Promise<unknown[]>) => Promise<void>): Promise<void> => {
  const client = new Client(url);
  await client.connect();
  try {
    await work(async (sql) => (await client.query(sql)).rows as unknown[]);
  } finally {
    await client.end();
  }
};

const ensureRole = (role: string, password: string): string => `
  do $$ begin create role ${role} login; exception when duplicate_object then null; end $$;
  alter role ${role} password '${password}';`;

/** Roles and databases, where they are not there yet: an owner that migrates, an application role that may not change its history. */
export const prepareDatabases = async (port: number, secrets: Readonly<Record<string, string>>): Promise<void> => {
  const wanted = [{ name: bus, owner: `${bus}_app` }, ...services.map((name) => ({ name, owner: `${name}_owner` }))];
  await withClient(address(port, 'postgres', secrets, 'postgres'), async (query) => {
    for (const [role, password] of Object.entries(secrets)) if (role !== 'postgres') await query(ensureRole(role, password));
    // Nothing else ends a transaction whose client was stopped between two messages.
    for (const name of services) await query(`alter role ${name}_app set transaction_timeout = '30s'`);
    for (const { name, owner } of wanted) {
      const found = await query(`select 1 from pg_database where datname = '${name}'`);
      if (!found.length) await query(`create database ${name} owner ${owner} template template0`);
    }
  });
  await Promise.all(
    services.map((name) =>
      withClient(address(port, 'postgres', secrets, name), async (query) => {
        await query(`
          alter schema public owner to ${name}_owner;
          revoke all on database ${name} from public;
          grant connect, temporary on database ${name} to ${name}_app;
          grant usage, create on schema public to ${name}_app;`);
      }),
    ),
  );
};
