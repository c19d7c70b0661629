import type { ClientBase } from 'pg';
import { endOfRecorded } from './recorded.js';
import type { ServiceDefinition } from './service.js';
import { swapFunction } from './view.swap.js';
import { createTable, generationsOf, tableName } from './view.table.js';
import type { AnyView } from './view.js';

/** The checkpoint of one generation of a view; its name is the table's. */
export interface Generation {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  /** `live`: what readers see. `filling`: being folded from the start beside it. */
  readonly state: 'live' | 'filling';
  readonly position: number;
  readonly seq: number;
}

/** All generations of a view that have a checkpoint. */
export const generations = async (client: Pick<ClientBase, 'query'>, table: string): Promise<Generation[]> => {
  const { rows } = await client.query<Omit<Generation, 'position' | 'seq'> & { position: string; seq: string }>(
    'select name, version, generation, state, position, seq from checkpoints where name ~ $1 order by generation',
    [generationsOf(table)],
  );
  return rows.map((it) => ({ ...it, position: Number(it.position), seq: Number(it.seq) }));
};

/** The name under which a policy's first place is kept: it never sees what was recorded before. */
export const policyCheckpoint = (name: string): string => `policy ${name}`;

/** A generation that this build needs and that is not there; undefined where it is, or where a newer build's is live. */
const missing = (view: AnyView, found: readonly Generation[]): Generation['state'] | undefined => {
  const live = found.find((it) => it.state === 'live');
  if (!live) return 'live';
  const mine = found.some((it) => it.version === view.options.version);
  return mine || live.version > view.options.version ? undefined : 'filling';
};

const tablesOf = async (client: ClientBase, table: string): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and relname ~ $1`, [
    generationsOf(table),
  ]);
  return rows.map((it) => it.name);
};

const generationIn = (name: string): number => Number(/[0-9]+$/.exec(name)?.[0] ?? 0);

const ensureView = async (client: ClientBase, view: AnyView, role: string): Promise<void> => {
  const { table, version } = view.options;
  const state = missing(view, await generations(client, table));
  if (!state) return;
  const generation = Math.max(0, ...(await tablesOf(client, table)).map(generationIn)) + 1;
  const name = tableName(view, generation);
  await client.query(createTable(view, name));
  await client.query(`grant select, insert, update, delete on ${name} to ${client.escapeIdentifier(role)}`);
  await client.query('insert into checkpoints (name, version, generation, position, seq, state) values ($1, $2, $3, 0, 0, $4)', [
    name,
    version,
    generation,
    state,
  ]);
  if (state === 'live') await client.query('select show_generation($1, $2, $3)', [table, name, role]);
};

const dropReplaced = async (client: ClientBase, view: AnyView): Promise<void> => {
  const kept = (await generations(client, view.options.table)).map((it) => it.name);
  for (const name of await tablesOf(client, view.options.table))
    // A report that still reads it keeps it; the next start tries again.
    if (!kept.includes(name))
      await client.query(`begin; set local lock_timeout = '200ms'; drop table ${name}; commit`).catch(() => client.query('rollback'));
};

/**
 * Makes what the views of a service need, as the database's owner: tables, SQL views, grants to the application's role,
 * checkpoints. A view whose version grew gets a new generation beside the one that is read; a projector fills it and swaps.
 * Run at every start, by any number of replicas at once.
 */
export const ensureViews = async (client: ClientBase, { views, policies = [] }: ServiceDefinition, role: string): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtext('ensure views'))`);
    await client.query(swapFunction(client.escapeIdentifier(role)));
    for (const view of views) await ensureView(client, view, role);
    const { position, seq } = await endOfRecorded(client);
    for (const { name } of policies)
      await client.query(
        `insert into checkpoints (name, version, generation, position, seq, state) values ($1, 1, 0, $2, $3, 'policy') on conflict (name) do nothing`,
        [policyCheckpoint(name), position, seq],
      );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  for (const view of views) await dropReplaced(client, view);
};
