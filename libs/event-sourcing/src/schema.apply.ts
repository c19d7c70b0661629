import type { ClientBase, Pool } from 'pg';
import { appendFunction } from './append.sql.js';
import { appendOneFunction } from './append.one.sql.js';
import { receiveFunction } from './receive.js';
import { tables } from './schema.js';
import { notaryTables } from './schema.notary.js';
import { parkedTables } from './schema.parked.js';
import { rebuildColumns } from './schema.rebuild.js';
import { republishTable } from './schema.republish.js';

/** Everything that the kit needs of an empty database, in the order in which it is made. Later changes are migrations. */
export const schemaSql: readonly string[] = [
  tables,
  appendFunction,
  appendOneFunction,
  receiveFunction,
  notaryTables,
  rebuildColumns,
  republishTable,
  parkedTables,
];

/** Makes the kit's tables and functions in an empty database. */
export const applySchema = async (database: Pick<ClientBase | Pool, 'query'>): Promise<void> => {
  for (const sql of schemaSql) await database.query(sql);
};
