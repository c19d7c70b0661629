import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { commandId, eventId, refId } from './ids.js';
import { partitionOf } from './partition.js';
import { readRecord } from './record.js';
import { applySchema } from './schema.apply.js';
import { ask } from './testing/entries.js';
import { enter, namespace, open, writer, type Writer } from './testing/writer.js';

let database: FreshDatabase;
let one: Writer;
let two: Writer;

beforeAll(async () => {
  database = await freshDatabase();
  one = writer(database.url);
  two = writer(database.url);
  await applySchema(one.pool);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await database.drop();
});

const recordAt = async (position: string) =>
  readRecord((await ask<{ record: string }>(database.url, 'select record::text from events where position = $1', [position]))[0]?.record ?? '');
const versionOf = async (id: string) => (await ask<{ version: number }>(database.url, 'select version from streams where id = $1', [id]))[0]?.version;

describe('a command', () => {
  it('is answered with its stream, version and position, after the views were waited for', async () => {
    const committed = await one.execute('openLedger', open());
    expect(committed).toEqual({ id: expect.any(String), version: 1, position: expect.any(String), warnings: [], replayed: false });
    expect(one.waited.at(-1)).toEqual({ types: ['guanxi.ledger.v1.LedgerOpened'], position: Number(committed.position) });
    const calls = one.waited.length;
    await one.execute('enter', enter(committed.id), { wait: false });
    expect(one.waited).toHaveLength(calls);
  });

  it('leaves a record that says who wished what, when, and for whom', async () => {
    const account = randomUUID();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { id, position } = await one.execute('openLedger', open({ accountId: account.toUpperCase() }), { idempotencyKey: 'record', traceparent });
    const command = commandId('op-17', 'record');
    expect(await recordAt(position)).toMatchObject({
      ...{
        id: eventId(command, 0),
        source: '/guanxi/ledger',
        type: 'guanxi.ledger.v1.LedgerOpened',
        subject: `ledger/${id}`,
        streamversion: 1,
        schemaversion: 1,
      },
      ...{
        customer: account,
        segment: 'default',
        actor: 'op-17',
        actorkind: 'OPERATOR',
        role: 'SALESPERSON',
        command: 'guanxi.ledger.v1.OpenLedger',
      },
      ...{ commandid: command, correlationid: command, traceparent, data: { owner: 'Wang', accountId: account } },
    });
    const entered = await two.execute('enter', enter(id), { role: '', segment: '', causationId: command, correlationId: 'first' });
    const record = await recordAt(entered.position);
    expect(record).toMatchObject({ customer: account, correlationid: 'first', causationid: command, data: { amount: '1' } });
    expect(record).not.toHaveProperty('role');
    expect(record).not.toHaveProperty('segment');
    const columns = await ask(database.url, 'select key::text, partition from events where stream_id = $1 order by position', [id]);
    expect(columns).toEqual(Array(2).fill({ key: account, partition: partitionOf(account, 24) }));
  });

  it('without an account belongs to its own stream and names no customer', async () => {
    const { id, position } = await one.execute('openLedger', open());
    expect(await recordAt(position)).not.toHaveProperty('customer');
    expect(await ask(database.url, 'select key::text from streams where id = $1', [id])).toEqual([{ key: id }]);
  });

  it('goes to the stream that its reference names, and an account’s reference names the account', async () => {
    const externalRef = { system: 'books', id: '1' };
    const { id, position } = await one.execute('openLedger', open({ externalRef, accountRef: { system: 'cdnow', id: '7' } }));
    expect(id).toBe(refId(namespace, 'ledger', externalRef));
    expect((await recordAt(position)).customer).toBe(refId(namespace, 'account', { system: 'cdnow', id: '7' }));
    const mismatch = open({ accountId: randomUUID(), accountRef: { system: 'cdnow', id: '7' } });
    await expect(one.execute('openLedger', mismatch)).rejects.toMatchObject({ slug: 'ref-mismatch', kind: 'invalid' });
  });

  it('that needs a stream is refused where there is none', () =>
    expect(one.execute('enter', enter(randomUUID()))).rejects.toMatchObject({ slug: 'ledger-not-found', kind: 'not-found' }));

  it('asks whether streams that it names exist', async () => {
    const id = await one.opened();
    await expect(one.execute('enter', enter(id, { about: randomUUID() }))).rejects.toMatchObject({ slug: 'about-not-found' });
    await expect(one.execute('enter', enter(id, { about: id.toUpperCase() }))).resolves.toMatchObject({ version: 2 });
  });

  it('whose event is not what the contract says is our fault, and writes nothing', async () => {
    const id = await one.opened();
    await expect(one.execute('enter', enter(id, { text: 'extra' }))).rejects.toThrow('extra');
    expect(await versionOf(id)).toBe(1);
  });

  it('with an empty list of events keeps its key and moves nothing', async () => {
    const id = await one.opened();
    const calls = one.waited.length;
    const first = await one.execute('enter', enter(id, { times: 0 }), { idempotencyKey: 'empty' });
    expect(first).toMatchObject({ version: 1, replayed: false });
    expect(one.waited).toHaveLength(calls);
    expect(await two.execute('enter', enter(id, { times: 0 }), { idempotencyKey: 'empty' })).toEqual({ ...first, replayed: true });
  });
});

describe('If-Match', () => {
  it('lets only the stated version pass, in any process', async () => {
    const id = await one.opened();
    await expect(two.execute('enter', enter(id), { ifMatch: 1 })).resolves.toMatchObject({ version: 2 });
    await expect(one.execute('enter', enter(id), { ifMatch: 1 })).rejects.toMatchObject({
      slug: 'version-mismatch',
      kind: 'stale',
      more: { version: 2 },
    });
    await expect(one.execute('enter', enter(id), { ifMatch: 2 })).resolves.toMatchObject({ version: 3 });
  });

  it('does not hide the first answer from a repeat', async () => {
    const id = await one.opened();
    const first = await one.execute('enter', enter(id), { ifMatch: 1, idempotencyKey: 'matched' });
    expect(await one.execute('enter', enter(id), { ifMatch: 1, idempotencyKey: 'matched' })).toEqual({ ...first, replayed: true });
  });
});

describe('a repeat', () => {
  it('gets the first answer, from any process, with and without a stream of its own', async () => {
    const first = await one.execute('openLedger', open(), { idempotencyKey: 'again' });
    for (const it of [one, two]) expect(await it.execute('openLedger', open(), { idempotencyKey: 'again' })).toEqual({ ...first, replayed: true });
    expect(await ask(database.url, 'select 1 from streams where id = $1', [first.id])).toHaveLength(1);
  });

  it('gets the first answer although the state would refuse it now', async () => {
    const id = await one.opened();
    const closed = await one.execute('closeLedger', { ledgerId: id }, { idempotencyKey: 'closing' });
    for (const it of [one, two])
      expect(await it.execute('closeLedger', { ledgerId: id }, { idempotencyKey: 'closing' })).toEqual({ ...closed, replayed: true });
    await expect(one.execute('closeLedger', { ledgerId: id }, { idempotencyKey: 'other' })).rejects.toMatchObject({ slug: 'ledger-closed' });
  });

  it('with another request is refused, whether or not it would pass', async () => {
    const id = await one.opened();
    await one.execute('enter', enter(id, { amount: '5' }), { idempotencyKey: 'reused' });
    await expect(one.execute('enter', enter(id, { amount: '6' }), { idempotencyKey: 'reused' })).rejects.toMatchObject({
      slug: 'idempotency-key-reused',
      kind: 'invalid',
    });
    await expect(one.execute('enter', enter(id, { amount: '-99' }), { idempotencyKey: 'reused' })).rejects.toMatchObject({
      slug: 'idempotency-key-reused',
    });
    await expect(one.execute('enter', enter(id, { amount: '6' }), { idempotencyKey: 'reused', subject: 'op-18' })).resolves.toMatchObject({
      version: 3,
    });
  });

  it('that comes while the first is under way has no effect of its own', async () => {
    const id = await one.opened();
    const answers = await Promise.all([one, two, one, two].map((it) => it.execute('enter', enter(id), { idempotencyKey: 'at once' })));
    expect(new Set(answers.map((it) => it.position)).size).toBe(1);
    expect(answers.filter((it) => !it.replayed)).toHaveLength(1);
    expect(await versionOf(id)).toBe(2);
  });
});

describe('a refusal', () => {
  it('of a person is not kept: it is decided again', async () => {
    const id = await one.opened();
    await expect(one.execute('enter', enter(id, { amount: '-5' }), { idempotencyKey: 'kept' })).rejects.toMatchObject({ slug: 'ledger-overdrawn' });
    await one.execute('enter', enter(id, { amount: '9' }));
    await expect(one.execute('enter', enter(id, { amount: '-5' }), { idempotencyKey: 'kept' })).resolves.toMatchObject({ version: 3 });
  });

  it('of a policy is an answer: it is kept', async () => {
    const id = await one.opened();
    const policy = { subject: 'follow-up', idempotencyKey: 'event-1:0', keepRefusal: true };
    const refusal = {
      slug: 'ledger-overdrawn',
      kind: 'conflict',
      message: 'The sum would fall below zero.',
      more: { version: 1, allowed: ['Enter', 'CloseLedger'] },
    };
    await expect(one.execute('enter', enter(id, { amount: '-5' }), policy)).rejects.toMatchObject(refusal);
    await one.execute('enter', enter(id, { amount: '9' }));
    for (const it of [one, two]) await expect(it.execute('enter', enter(id, { amount: '-5' }), policy)).rejects.toMatchObject(refusal);
    expect(await versionOf(id)).toBe(2);
  });

  it('never rests on a state that another process has moved', async () => {
    const id = await one.opened();
    for (let n = 0; n < 20; n++) {
      await two.execute('enter', enter(id, { amount: '5' }));
      await expect(one.execute('enter', enter(id, { amount: '-5' }))).resolves.toMatchObject({ version: 2 * n + 3 });
    }
  });
});
