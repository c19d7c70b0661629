import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { Client } from 'pg';
import { Rebuilds } from '@guanxi/contracts/guanxi/common/v1/rebuilds_pb';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { logger } from './log.js';
import { ServiceConfig } from './service.config.js';
import { startService, type RunningService } from './start.js';
import { testIssuer, type Issuer } from './testing/issuer.js';
import { NoteCommands, NoteQueries } from './testing/notes.contract.js';
import { noteQueries, notes } from './testing/notes.js';
import { freePort } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

const of = (service: DescService, name: string): DescMethod => service.method[name] as DescMethod;
const { listGenerations, beginRebuild, pauseRebuild, resumeRebuild, abortRebuild, goBack, compareGenerations } = Rebuilds.method;
const view = 'note';

describe('the rpcs of rebuilds, of two replicas that own no table', () => {
  let database: FreshDatabase;
  let bus: FreshDatabase;
  let owner: Client;
  let issuer: Issuer;
  let authorization: string;
  const services: RunningService[] = [];
  const clients: UnaryClient[] = [];
  const role = `rebuilds_${process.pid}`;
  beforeAll(async () => {
    [database, bus, issuer] = await Promise.all([freshDatabase(), freshDatabase(), testIssuer()]);
    owner = new Client(database.url);
    await owner.connect();
    await owner.query(`create role ${role} login password 'x'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'x'];
    for (let n = 0; n < 2; n++) {
      const config = Object.assign(new ServiceConfig(), {
        ...{ service: 'notes', databaseUrl: url.href, ownerUrl: database.url, busUrl: bus.url, namespace: randomUUID() },
        ...{ grpc: `127.0.0.1:${await freePort()}`, ...issuer.options, log: 'silent' },
      });
      services.push(await startService(config, notes, [noteQueries], logger('notes', 'silent')));
      clients.push(new UnaryClient(config.grpc));
    }
    authorization = await issuer.bearer({ roles: ['SALESPERSON', 'SYSTEM_ADMIN'] });
  });
  afterAll(async () => {
    clients.forEach((it) => it.close());
    await Promise.all(services.map((it) => it.stop()));
    await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await Promise.all([database.drop(), bus.drop()]);
  });
  const call = async <T>(method: DescMethod, request: object, replica = 0): Promise<T> =>
    (await clients[replica]!.call(method, request, { authorization })) as T;
  const states = async (replica = 0): Promise<string> =>
    (await call<{ generations: { generation: number; state: string }[] }>(listGenerations, {}, replica)).generations
      .map((it) => `${it.generation} ${it.state}`)
      .join();
  const reach = async (wanted: string): Promise<void> => {
    for (const end = Date.now() + 10_000; (await states()) !== wanted; await pause(10))
      if (Date.now() > end) throw new Error(`${await states()}, not ${wanted}`);
  };

  it('rebuild, compare, swap and go back while both write, and whoever wrote reads it at once at either', async () => {
    let written = 0;
    let done = false;
    const write = async (replica: number): Promise<void> => {
      for (; !done; written++) {
        const noteId = randomUUID();
        await call(of(NoteCommands, 'writeNote'), { noteId, text: 'a' }, replica);
        await call(of(NoteCommands, 'amendNote'), { noteId, text: 'b' }, 1 - replica);
        const read = await call<{ text: string }>(of(NoteQueries, 'getNote'), { noteId }, replica);
        if (read.text !== 'b') throw new Error(`stale: ${read.text}`);
      }
    };
    const writing = Promise.all([write(0), write(1), write(0)]);
    await reach('1 LIVE');
    await expect(call(compareGenerations, { view }, 1)).rejects.toMatchObject({ slug: 'rebuild-not-full', kind: 'conflict' });
    await call(beginRebuild, { view, compare: true });
    await call(beginRebuild, { view, compare: true }, 1);
    await reach('1 LIVE,2 FILLED');
    const compared = await call<{ rows: string; equal: string }>(compareGenerations, { view }, 1);
    expect(compared).toMatchObject({ live: 1, other: 2, different: '0', missing: '0', extra: '0', differences: [] });
    expect([Number(compared.rows) > 0, compared.equal]).toEqual([true, compared.rows]);
    await call(resumeRebuild, { view }, 1);
    await reach('1 KEPT,2 LIVE');
    await call(goBack, { view });
    await reach('1 LIVE,2 KEPT');
    await call(abortRebuild, { view });
    await reach('1 LIVE');
    await call(beginRebuild, { view });
    await reach('1 KEPT,2 LIVE');
    done = true;
    await writing;
    const { rows } = await owner.query<{ n: string }>(`select count(*) as n from note where row->>'text' = 'b'`);
    expect([written > 20, Number(rows[0]?.n)]).toEqual([true, written]);
    const tables = await owner.query(`select from pg_class where relkind = 'r' and relname ~ '^note_v1_g'`);
    expect(tables.rowCount).toBe(2);
  }, 40_000);
  it('refuse what makes no sense', async () => {
    await expect(call(pauseRebuild, { view })).rejects.toMatchObject({ slug: 'rebuild-none', kind: 'conflict' });
    await expect(call(beginRebuild, { view: 'letters' })).rejects.toMatchObject({ slug: 'view-unknown', kind: 'not-found' });
    await expect(call(compareGenerations, { view: 'letters' })).rejects.toMatchObject({ slug: 'view-unknown' });
    await expect(call(beginRebuild, { view: '' })).rejects.toMatchObject({ kind: 'invalid' });
    const salesperson = await issuer.bearer({ roles: ['SALESPERSON'] });
    await expect(clients[0]!.call(beginRebuild, { view }, { authorization: salesperson })).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
