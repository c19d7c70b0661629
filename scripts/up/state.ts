import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { address } from './database.ts';
import { readJson } from './data-folder.ts';
import { health, type Health } from './ready.ts';
import { lastRun, runs, type RunFile } from './run-file.ts';
import { services } from './services.ts';

/** How an installation is: what `npm run status` shows. Sizes in bytes, lags in milliseconds. */
export interface State {
  readonly running: boolean;
  readonly ready: boolean;
  readonly url?: string;
  readonly startedAt?: string;
  readonly versions: { readonly guanxi?: string; readonly node: string; readonly postgres?: string };
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly address: string;
    readonly operations?: string;
    readonly falls: number;
    readonly memory?: number;
  }[];
  readonly parts: NonNullable<Health['parts']>;
  readonly databases: readonly { readonly name: string; readonly events?: number; readonly parked?: number; readonly size: number }[];
  readonly disk: { readonly folder: string; readonly size: number };
}

/** Resident memory of a process; undefined where the system does not tell. */
const memoryOf = (pid: number): number | undefined => {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024 || undefined;
  } catch {
    return undefined;
  }
};

const sizeOf = (folder: string): number => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  // Files come and go while a database runs.
  return files.reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0);
};

const count = async (client: Client, table: string, what: string): Promise<number | undefined> => {
  const { rows: found } = await client.query<{ it: string | null }>('select to_regclass($1) as it', [table]);
  if (!found[0]?.it) return undefined;
  const { rows } = await client.query<{ n: string }>(`select ${what} as n from ${table}`);
  return Number(rows[0]?.n);
};

const databaseState = async (url: string, name: string) => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ size: string; version: string }>(
      `select pg_database_size(current_database()) as size, current_setting('server_version') as version`,
    );
    const [events, parked] = [await count(client, 'events', 'coalesce(max(position), 0)'), await count(client, 'parked', 'count(*)')];
    return { name, events, parked, size: Number(rows[0]?.size), version: rows[0]?.version };
  } finally {
    await client.end();
  }
};

const databasesOf = async (folder: string, run: RunFile) => {
  const secrets = readJson<Record<string, string>>(join(folder, 'secrets.json'));
  if (!secrets || !run.postgres) return [];
  const { port } = run.postgres;
  const all = await Promise.allSettled([...services, 'bus'].map((name) => databaseState(address(port, 'postgres', secrets, name), name)));
  return all.filter((it) => it.status === 'fulfilled').map(({ value }) => value);
};

/** Looks at an installation from outside: its run file, its gateway, its databases, its disk. */
export const stateOf = async (folder: string): Promise<State> => {
  const run = lastRun(folder);
  const disk = { folder, size: sizeOf(folder) };
  if (!runs(run)) return { running: false, ready: false, versions: { node: process.version }, processes: [], parts: [], databases: [], disk };
  const [answer, databases] = await Promise.all([health(run.url), databasesOf(folder, run)]);
  return {
    running: true,
    ready: answer?.ready ?? false,
    url: run.url,
    startedAt: run.startedAt,
    versions: { guanxi: run.release, node: process.version, postgres: databases[0]?.version },
    processes: [
      { name: 'npm start', pid: run.pid, address: '', falls: 0 },
      ...(run.postgres ? [{ name: 'PostgreSQL', pid: run.postgres.pid, address: `127.0.0.1:${run.postgres.port}`, falls: 0 }] : []),
      ...(run.kafka?.pid ? [{ name: 'Kafka', pid: run.kafka.pid, address: run.kafka.brokers, falls: 0 }] : []),
      ...run.processes,
    ].map((it) => ({ ...it, memory: memoryOf(it.pid) })),
    parts: answer?.parts ?? [],
    databases: databases.map(({ version: _, ...it }) => it),
    disk,
  };
};
