import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toBinary } from '@bufbuild/protobuf';
import { Client } from 'pg';
import { parseStrict } from '@guanxi/contracts/json';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { logger } from './log.js';
import { ServiceConfig } from './service.config.js';
import { startService, type RunningService } from './start.js';
import { testIssuer, type Issuer } from './testing/issuer.js';
import { NoteCommands, NoteQueries } from './testing/notes.contract.js';
import { noteQueries, notes } from './testing/notes.js';
import { freePort } from './testing/server.js';
import { UnaryClient } from './unary.client.js';
import { WireClient } from './wire.client.js';

const of = (service: DescService, name: string): DescMethod => service.method[name] as DescMethod;
const write = of(NoteCommands, 'writeNote');
const amend = of(NoteCommands, 'amendNote');
const get = of(NoteQueries, 'getNote');
const list = of(NoteQueries, 'listNotes');

describe('a service', () => {
  let database: FreshDatabase;
  let bus: FreshDatabase;
  let owner: Client;
  let service: RunningService;
  let client: UnaryClient;
  let issuer: Issuer;
  let authorization: string;
  let config: ServiceConfig;
  const role = `notes_${process.pid}`;
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
    service = await startService(config, notes, [noteQueries], logger('notes', 'silent'));
    client = new UnaryClient(config.grpc);
    authorization = await issuer.bearer({ roles: ['SALESPERSON', 'AUDITOR'] });
  });
  afterAll(async () => {
    client.close();
    await service.stop();
    await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await Promise.all([database.drop(), bus.drop()]);
  });
  /** What the service's role has open, by application name. */
  const connections = async (): Promise<string[]> => {
    const text = 'select application_name as name from pg_stat_activity where usename = $1 order by 1';
    return (await owner.query<{ name: string }>(text, [role])).rows.map((it) => it.name);
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 3_000; Date.now() < end && !(await holds());) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const call = (method: DescMethod, request: object, headers: Record<string, string> = {}) =>
    client.call(method, request, { authorization, ...headers });

  it('does a command, and what it answers can be read at once', async () => {
    const noteId = randomUUID();
    await expect(call(write, { noteId, text: '一' })).resolves.toEqual({
      id: noteId,
      version: 1,
      position: expect.stringMatching(/^\d+$/) as unknown as string,
      warnings: [],
    });
    await expect(call(amend, { noteId, text: '二' })).resolves.toMatchObject({ version: 2 });
    await expect(call(get, { noteId })).resolves.toMatchObject({
      noteId,
      text: '二',
      version: 2,
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as unknown as string,
    });
    await expect(call(list, {})).resolves.toMatchObject({
      notes: expect.arrayContaining([expect.objectContaining({ noteId })]) as object,
      nextPageToken: '',
    });
  });
  it('gives the first answer to a repeat and refuses the key with another request', async () => {
    const noteId = randomUUID();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call(write, { noteId, text: 'a' }, headers);
    await expect(call(write, { noteId, text: 'a' }, headers)).resolves.toEqual(first);
    await expect(call(write, { noteId, text: 'b' }, headers)).rejects.toMatchObject({ slug: 'idempotency-key-reused', kind: 'invalid' });
  });
  it('tells on the wire that an answer is a repeat, whatever was decided since', async () => {
    const wire = new WireClient(config.grpc);
    const noteId = randomUUID();
    const headers = { authorization, 'idempotency-key': randomUUID() };
    const send = () =>
      wire.call(`/${NoteCommands.typeName}/WriteNote`, toBinary(write.input, parseStrict(write.input, { noteId, text: 'a' })), headers);
    const first = await send();
    await call(amend, { noteId, text: 'b' });
    const again = await send();
    expect(first.metadata).toEqual({});
    expect(again.metadata).toEqual({ 'idempotent-replayed': 'true' });
    expect(Buffer.compare(first.body, again.body)).toBe(0);
    wire.close();
  });
  it('refuses another version than If-Match names, and a stream that is not there', async () => {
    const noteId = randomUUID();
    await call(write, { noteId, text: 'a' });
    await expect(call(amend, { noteId, text: 'b' }, { 'if-match': '"2"' })).rejects.toMatchObject({ kind: 'stale', more: { version: 1 } });
    await expect(call(amend, { noteId: randomUUID(), text: 'b' })).rejects.toMatchObject({ slug: 'note-not-found', kind: 'not-found' });
    await expect(call(get, { noteId: randomUUID() })).rejects.toMatchObject({ slug: 'note-not-found', kind: 'not-found' });
  });
  it('names the fields that break the contract', async () => {
    await expect(call(write, { noteId: 'x', text: '' })).rejects.toMatchObject({
      kind: 'invalid',
      more: {
        errors: [
          { field: 'noteId', rule: 'string.uuid' },
          { field: 'text', rule: 'string.min_len' },
        ],
      },
    });
  });
  it('shows its history, exact texts by position, and waits for more', async () => {
    const { head } = (await call(History.method.readEvents, { after: '0' })) as { head: string };
    const waiting = call(History.method.readEvents, { after: head, waitSeconds: 10 });
    const noteId = randomUUID();
    await call(write, { noteId, text: 'later' });
    const answer = (await waiting) as { records: string[]; positions: string[]; epoch: string; base: string };
    expect(answer).toMatchObject({
      positions: [String(Number(head) + 1)],
      base: '0',
      epoch: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown as string,
    });
    const { rows } = await owner.query<{ record: string }>('select record::text as record from events where position = $1', [Number(head) + 1]);
    expect(answer.records).toEqual([rows[0]?.record]);
    await expect(call(History.method.listEpochs, {})).resolves.toEqual({ epochs: [{ id: answer.epoch, base: '0' }] });
  });
  it('says how each part is to whoever asks', async () => {
    await expect(client.call(Operations.method.getHealth, {})).resolves.toMatchObject({
      ready: true,
      parts: [{ name: 'database' }, { name: 'clock' }, { name: 'view note' }, { name: 'relay' }, { name: 'notary' }, { name: 'witness' }].map(
        (it) => expect.objectContaining({ ...it, ready: true }) as object,
      ),
    });
  });
  it('has told the bus what happened', async () => {
    const reader = new Client(bus.url);
    await reader.connect();
    const count = async (from: Client, table: string) => Number((await from.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);
    for (const until = Date.now() + 5_000; Date.now() < until && (await count(reader, 'bus_messages')) < (await count(owner, 'events')););
    expect(await count(reader, 'bus_messages')).toBe(await count(owner, 'events'));
    await reader.end();
  });
  it('lives through the loss of all its connections', async () => {
    const work = Promise.allSettled(Array.from({ length: 50 }, () => call(write, { noteId: randomUUID(), text: 'x' })));
    await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    await work;
    const noteId = randomUUID();
    await until(() =>
      call(write, { noteId, text: 'back' }).then(
        () => true,
        () => false,
      ),
    );
    await until(() =>
      call(get, { noteId }).then(
        () => true,
        () => false,
      ),
    );
    await expect(call(get, { noteId })).resolves.toMatchObject({ text: 'back' });
    await until(async () => (await client.call(Operations.method.getHealth, {}))['ready'] === true);
    await expect(client.call(Operations.method.getHealth, {})).resolves.toMatchObject({ ready: true });
  });
  it('that cannot start leaves nothing open', async () => {
    // As the owner, so that its connections are not taken for those of the service that runs.
    const second = Object.assign(new ServiceConfig(), config, { databaseUrl: database.url });
    const text = `select application_name as name from pg_stat_activity
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`;
    const left = async (): Promise<string[]> => (await owner.query<{ name: string }>(text)).rows.map((it) => it.name);
    await expect(startService(second, notes, [noteQueries], logger('notes', 'silent'))).rejects.toThrow(/EADDRINUSE|No address added/);
    await until(async () => (await left()).length === 0);
    expect(await left()).toEqual([]);
  });
  it('answers what it took before it stops, and stops once', async () => {
    const noteId = randomUUID();
    const last = call(write, { noteId, text: 'last' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([service.stop(), service.stop()]);
    await expect(last).resolves.toMatchObject({ version: 1 });
    await until(async () => (await connections()).length === 0);
    expect(await connections()).toEqual([]);
  });
});
