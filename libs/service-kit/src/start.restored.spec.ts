import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMethod } from '@bufbuild/protobuf';
import { Client } from 'pg';
import { beginEpoch } from '@guanxi/event-sourcing/epochs';
import { openPool } from '@guanxi/event-sourcing/pool';
import { policy } from '@guanxi/event-sourcing/policy';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { logger } from './log.js';
import { ServiceConfig } from './service.config.js';
import { startService, type RunningService } from './start.js';
import { testIssuer, type Issuer } from './testing/issuer.js';
import { NoteCommands, NoteEvent } from './testing/notes.contract.js';
import { notes, noteView } from './testing/notes.js';
import { freePort } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

const amends = policy('amends', NoteCommands, noteView).on(NoteEvent, {
  noteWritten: (_row, _event, { stream }) => [{ command: { amendNote: { noteId: stream, text: '二' } } }],
});
const definition: ServiceDefinition = { ...notes, policies: [amends] };

describe('a service whose database is older than its topic', () => {
  let database: FreshDatabase;
  let bus: FreshDatabase;
  let owner: Client;
  let issuer: Issuer;
  let config: ServiceConfig;
  let service: RunningService | undefined;
  const role = `restored_${process.pid}`;
  const start = (): Promise<RunningService> => startService(config, definition, [], logger('notes', 'silent'));
  const heads = async (): Promise<number> => (await owner.query('select from events')).rowCount ?? 0;
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 10_000; Date.now() < end && !(await holds());) await pause(20);
    expect(await holds()).toBe(true);
  };
  beforeAll(async () => {
    [database, bus, issuer] = await Promise.all([freshDatabase(), freshDatabase(), testIssuer()]);
    owner = new Client(database.url);
    await owner.connect();
    await owner.query(`create role ${role} login password 'x'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'x'];
    config = Object.assign(new ServiceConfig(), {
      ...{ service: 'notes', databaseUrl: url.href, ownerUrl: database.url, busUrl: bus.url, namespace: randomUUID() },
      ...{ grpc: `127.0.0.1:${await freePort()}`, ...issuer.options, log: 'silent' },
    });
  });
  afterAll(async () => {
    await service?.stop();
    await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await Promise.all([database.drop(), bus.drop()]);
  });

  it('does not start, and nothing is appended meanwhile, though a policy has something to do', async () => {
    service = await start();
    const client = new UnaryClient(config.grpc);
    const authorization = await issuer.bearer({ roles: ['SALESPERSON'] });
    await client.call(NoteCommands.method['writeNote'] as DescMethod, { noteId: randomUUID(), text: '一' }, { authorization });
    client.close();
    const sent = `select from checkpoints where name = 'relay' and position = 2`;
    await until(async () => (await owner.query(sent)).rowCount === 1);
    await service.stop();
    service = undefined;
    // As a copy would be that was taken before the policy acted.
    await owner.query(`
      delete from events where position = 2; delete from commands where position = 2; update streams set version = 1; delete from snapshots;
      delete from note_v1_g1; update checkpoints set position = 0, seq = 0 where name = 'relay' or name ~ '_v1_g1$' or state = 'policy'`);
    await expect(start()).rejects.toThrow('Position 2 of the topic guanxi.notes.v1 is not in this history: after a restore, begin a new epoch first');
    expect(await heads()).toBe(1);
  });

  it('starts in a new epoch, and does what was un-happened anew', async () => {
    const pool = openPool(database.url, { name: 'epoch' });
    await expect(beginEpoch(pool, 2)).rejects.toThrow('does not end at position 2 any more');
    expect(await beginEpoch(pool, 1)).toMatchObject({ base: 1 });
    await pool.end();
    service = await start();
    await until(async () => (await heads()) === 2);
  });
});
