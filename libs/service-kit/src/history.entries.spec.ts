import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { HistoryEntries } from '@guanxi/contracts/guanxi/common/v1/history_entries_pb';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { testService, type TestService } from '../../../test/service.js';
import { NoteCommands } from './testing/notes.contract.js';
import { notes } from './testing/notes.js';

interface Answer {
  entries: { position: string; time: string; version: number; data: Record<string, unknown>; [name: string]: unknown }[];
  more: boolean;
  known: boolean;
}

// A note belongs to no account: its stream stands for the customer here, as it does for everything that has none.
const [mine, other] = [randomUUID(), randomUUID()];

describe('what a service tells people of its history', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await testService(notes, []);
    for (let n = 0; n < 4; n++)
      for (const noteId of [mine, other]) {
        await service.call(NoteCommands, n === 0 ? 'writeNote' : 'amendNote', { noteId, text: `文 ${n}` }, { 'idempotency-key': `${noteId} ${n}` });
        await sleep(2);
      }
  }, 60_000);
  afterAll(() => service.stop());
  const customer = (request: object) =>
    service.call(HistoryEntries, 'readCustomer', { accountId: mine, ...request }) as Promise<unknown> as Promise<Answer>;
  const stream = (request: object) =>
    service.call(HistoryEntries, 'readStream', { streamId: mine, ...request }) as Promise<unknown> as Promise<Answer>;
  const positions = ({ entries }: Answer): number[] => entries.map((it) => Number(it.position));

  it('is who did what, when and why', async () => {
    const { entries, known, more } = await customer({ accountId: mine.toUpperCase() });
    expect([entries.length, known, more]).toEqual([4, true, false]);
    expect(entries[1]).toMatchObject({
      ...{ service: 'notes', position: '3', type: expect.stringMatching(/\.NoteAmended$/), subject: `note/${mine}`, version: 2 },
      ...{ actor: 'op-17', actorKind: 'OPERATOR', role: expect.any(String), command: expect.stringMatching(/\.AmendNote$/), data: { text: '文 1' } },
    });
    expect(entries[1]?.['commandId']).toMatch(/^[0-9a-f-]{36}$/);
  });
  it('goes on in either order, and says whether there is more', async () => {
    const first = await customer({ limit: 3 });
    expect([positions(first), first.more]).toEqual([[1, 3, 5], true]);
    expect(positions(await customer({ after: '5' }))).toEqual([7]);
    const last = await customer({ limit: 3, newestFirst: true });
    expect([positions(last), last.more]).toEqual([[7, 5, 3], true]);
    expect(positions(await customer({ after: '3', newestFirst: true }))).toEqual([1]);
    expect(await customer({ after: '7' })).toMatchObject({ entries: [], more: false, known: true });
  });
  it('is of the times that were asked for, from inclusive, to exclusive', async () => {
    const times = (await customer({})).entries.map((it) => it.time);
    expect(positions(await customer({ from: times[1], to: times[3] }))).toEqual([3, 5]);
    expect(positions(await customer({ from: times[1], to: times[3], newestFirst: true, limit: 1 }))).toEqual([5]);
    expect(positions(await customer({ to: times[0] }))).toEqual([]);
    expect(positions(await customer({ from: times[3], to: times[0] }))).toEqual([]);
  });
  it('tells a customer of whom nothing was recorded from one of whom nothing was in that time', async () => {
    expect(await customer({ accountId: randomUUID() })).toMatchObject({ entries: [], known: false });
    expect(await customer({ to: '2001-01-01T00:00:00Z' })).toMatchObject({ entries: [], known: true });
  });
  it('has one stream by version, and refuses one that is not there', async () => {
    const first = await stream({ limit: 2 });
    expect([first.entries.map((it) => it.version), first.more]).toEqual([[1, 2], true]);
    expect((await stream({ after: 2 })).entries.map((it) => it.version)).toEqual([3, 4]);
    expect(await stream({ after: 4 })).toMatchObject({ entries: [], more: false });
    await expect(stream({ streamId: randomUUID() })).rejects.toMatchObject({ slug: 'stream-not-found', kind: 'not-found' });
  });
  it('ends an answer before it is too large, and says that there is more', async () => {
    const noteId = randomUUID();
    const client = new Client(service.url);
    await client.connect();
    await client.query(
      `insert into events select e.position + n, $1, n, e.type, $1, $2, e.recorded_at, (e.record::jsonb || jsonb_build_object('data', jsonb_build_object('text', repeat('一', 10000))))::json
         from (select * from events order by position desc limit 1) e, generate_series(1, 40) n`,
      [noteId, partitionOf(noteId, 24)],
    );
    await client.end();
    const { entries, more } = await customer({ accountId: noteId });
    expect([entries.length > 20 && entries.length < 40, more]).toEqual([true, true]);
    const rest = await customer({ accountId: noteId, after: entries.at(-1)?.position });
    expect([entries.length + rest.entries.length, rest.more]).toEqual([40, false]);
  });
});
