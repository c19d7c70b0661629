import type { ClientBase } from 'pg';
import { dropUnused, generationsLock, rebuildFunctions } from './rebuild.functions.js';
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
  /**
   * `live`: what readers see. `filling`: on its way to the live one's place, and then into it. `paused`: stands still. `filled`: keeps
   * up with the live one until somebody says what becomes of it. `kept`: was live before, to go back to; stands still.
   */
  readonly state: 'live' | 'filling' | 'paused' | 'filled' | 'kept';
  readonly position: number;
  readonly seq: number;
  /** Why it stands still until somebody says that it may go on. */
  readonly reason: string | undefined;
}

/** All generations of some views that have a checkpoint, by the views' tables. */
export const generationsOfAll = async (client: Pick<ClientBase, 'query'>, tables: readonly string[]): Promise<Map<string, Generation[]>> => {
  const { rows } = await client.query<Omit<Generation, 'position' | 'seq'> & { position: string; seq: string }>(
    'select name, version, generation, state, position, seq, reason from checkpoints where name ~ any($1) order by generation',
    [tables.map(generationsOf)],
  );
  const all = rows.map((it) => ({ ...it, position: Number(it.position), seq: Number(it.seq), reason: it.reason ?? undefined }));
  return new Map(tables.map((table) => [table, all.filter(({ name }) => new RegExp(generationsOf(table)).test(name))]));
};

/** All generations of a view that have a checkpoint. */
export const generations = async (client: Pick<ClientBase, 'query'>, table: string): Promise<Generation[]> =>
  (await generationsOfAll(client, [table])).get(table) ?? [];

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

const outdated = `delete from checkpoints where name ~ $1 and state = 'kept' and updated_at < now() - interval '1 day'`;

/**
 * Makes what the views of a service need, as the database's owner: tables, SQL views, grants to the application's role,
 * checkpoints. A view whose version grew gets a new generation beside the one that is read; a projector fills it and swaps.
 * Run at every start, by any number of replicas at once.
 */
export const ensureViews = async (client: ClientBase, { views, policies = [] }: ServiceDefinition, role: string): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(generationsLock);
    await client.query(swapFunction(client.escapeIdentifier(role)));
    await client.query(rebuildFunctions(client.escapeIdentifier(role)));
    for (const view of views) {
      await client.query(outdated, [generationsOf(view.options.table)]);
      await ensureView(client, view, role);
    }
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
  for (const view of views) await dropUnused(client, view.options.table);
};
