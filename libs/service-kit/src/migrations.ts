import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { appendOneFunction } from '@guanxi/event-sourcing/append.one.sql';
import { appendFunction } from '@guanxi/event-sourcing/append.sql';
import { receiveFunction } from '@guanxi/event-sourcing/receive';
import { tables } from '@guanxi/event-sourcing/schema';
import { notaryTables } from '@guanxi/event-sourcing/schema.notary';
import { parkedTables } from '@guanxi/event-sourcing/schema.parked';
import { rebuildColumns } from '@guanxi/event-sourcing/schema.rebuild';
import { republishTable } from '@guanxi/event-sourcing/schema.republish';

/** The kit's own tables and functions. */
class History1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [tables, appendFunction, receiveFunction]) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** The append of a lone command. */
class AppendOne1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(appendOneFunction);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** The notary's tree, checkpoints, and those of the others. */
class Notary1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(notaryTables);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** What is known of a generation that is being filled. */
class Rebuild1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(rebuildColumns);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** What was asked to be sent to the topic once more. */
class Republish1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(republishTable);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** Keys that are passed over, and events that are for good. */
class Parked1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(parkedTables);
  }

  down(): Promise<void> {
    throw new Error('a history is never taken back');
  }
}

/** All migrations, oldest first. One that left the house is never changed; what follows is a new one at the end. */
const migrations = [
  History1795000000000,
  AppendOne1795400000000,
  Notary1795500000000,
  Rebuild1795600000000,
  Republish1795700000000,
  Parked1795800000000,
];

/** What the application's role may do; the history and what was heard can only grow. */
const rights: { readonly [table: string]: string } = {
  events: 'select, insert',
  received: 'select, insert',
  commands: 'select, insert',
  epochs: 'select, insert',
  streams: 'select, insert, update',
  inbox: 'select, insert, update',
  checkpoints: 'select, insert, update, delete',
  snapshots: 'select, insert, update, delete',
  timers: 'select, insert, update, delete',
  tree: 'select, insert',
  notes: 'select, insert, update (sent)',
  witnessed: 'select, insert, update (checked_at, fault)',
  parked: 'select, insert, update, delete',
  discarded: 'select, insert',
  republished: 'select, insert, update (state, ended_at)',
};

// One query, so one transaction: a replica that is at work meanwhile must not be without its rights for a moment.
const grants = (role: string): string =>
  Object.entries(rights)
    .map(([table, granted]) => `revoke all on ${table} from ${role}; grant ${granted} on ${table} to ${role};`)
    .join('\n');

/** Replicas that start together take turns by this lock. */
const lock = `hashtext('guanxi migrations')`;

/** The role that a database address names. */
export const roleOf = (url: string): string => decodeURIComponent(new URL(url).username);

/**
 * Brings a service's database to this build, by its owner's connection, and grants the application's role what it needs and no
 * more. Any number of replicas may do it at once. Does nothing where there is nothing to do.
 */
export const migrate = async (ownerUrl: string, applicationUrl: string): Promise<void> => {
  const source = await new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations,
    migrationsTableName: 'migrations',
    applicationName: 'guanxi-migrate',
  }).initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query(`select pg_advisory_lock(${lock})`);
    await source.runMigrations({ transaction: 'each' });
    const role = roleOf(applicationUrl);
    if (role !== roleOf(ownerUrl)) await runner.query(grants(`"${role.replaceAll('"', '""')}"`));
  } finally {
    await runner.release();
    await source.destroy();
  }
};
