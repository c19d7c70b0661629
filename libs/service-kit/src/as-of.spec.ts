import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import type { Moment } from '@guanxi/event-sourcing/moment';
import { testService, type TestService } from '../../../test/service.js';
import { asOfSide, type AsOfLimits, type AsOfSide } from './as-of.js';
import { sectionOf } from './customer.section.js';
import type { Reading } from './kit.js';
import { CustomerQueries, NoteCommands, NoteQueries } from './testing/notes.contract.js';
import { noteQueries, notes, noteView } from './testing/notes.js';

const section = sectionOf(CustomerQueries, async (accountId, { read }) => ({ notes: [await read(noteView).one(accountId)].filter(Boolean) }));
const ids = Array.from({ length: 30 }, () => randomUUID());
const [first = ''] = ids;

describe('a query as of a moment', () => {
  let service: TestService;
  let client: Client;
  /** Right after all notes were written, and before any was amended. */
  let between: string;
  beforeAll(async () => {
    service = await testService(notes, [noteQueries, section]);
    client = new Client(service.url);
    await client.connect();
    for (const noteId of ids) await service.call(NoteCommands, 'writeNote', { noteId, text: `一 ${noteId}` });
    await sleep(5);
    between = (await client.query<{ now: Date }>('select clock_timestamp() as now')).rows[0]!.now.toISOString();
    await sleep(5);
    for (const noteId of ids) await service.call(NoteCommands, 'amendNote', { noteId, text: '二' });
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await service.stop();
  });
  const get = (noteId: string, metadata: Record<string, string>) => service.call(NoteQueries, 'getNote', { noteId }, metadata);
  const connections = async (): Promise<number[]> => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'guanxi-as-of'`,
    );
    return rows.map((it) => it.pid);
  };

  it('shows the row as it was, by time and by position, and the present one without', async () => {
    await expect(get(first, { 'as-of': between })).resolves.toMatchObject({ text: `一 ${first}`, version: 1 });
    await expect(get(first, { 'as-of-position': '31' })).resolves.toMatchObject({ text: '二', version: 2 });
    await expect(get(first, { 'as-of-position': '30' })).resolves.toMatchObject({ version: 1 });
    await expect(get(first, {})).resolves.toMatchObject({ text: '二', version: 2 });
  });
  it('pages through a list that does not change any more', async () => {
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await service.call(NoteQueries, 'listNotes', { pageSize: 7, pageToken }, { 'as-of': between });
      seen.push(...(page['notes'] as { noteId: string; text: string }[]).map((it) => it.text));
      pageToken = page['nextPageToken'] as string;
    } while (pageToken);
    expect(seen).toEqual(ids.map((it) => `一 ${it}`));
    expect((await service.call(NoteQueries, 'listNotes', {}, { 'as-of-position': '0' }))['notes'] ?? []).toEqual([]);
  });
  it('is 404 for what was not there yet', async () => {
    await expect(get(first, { 'as-of': '2001-01-01T00:00:00Z' })).rejects.toMatchObject({ slug: 'note-not-found' });
    await expect(get(ids[2]!, { 'as-of-position': '2' })).rejects.toMatchObject({ slug: 'note-not-found' });
  });
  it.each([
    ['the future', { 'as-of': '2999-01-01T00:00:00Z' }, 'as-of-in-the-future', 'asOf'],
    ['a position beyond the end', { 'as-of-position': '999999' }, 'position-beyond-the-end', 'asOfPosition'],
    ['a time without a zone', { 'as-of': '2026-03-01T00:00:00' }, 'as-of-invalid', 'asOf'],
    ['a day that does not exist', { 'as-of': '2026-02-30T00:00:00Z' }, 'as-of-invalid', 'asOf'],
    ['a position that is none', { 'as-of-position': '-1' }, 'as-of-invalid', 'asOfPosition'],
    ['both', { 'as-of': '2026-03-01T00:00:00Z', 'as-of-position': '1' }, 'as-of-invalid', 'asOfPosition'],
  ])('refuses %s, naming the field', async (_what, metadata, slug, field) => {
    await expect(get(first, metadata as Record<string, string>)).rejects.toMatchObject({ slug, kind: 'invalid', more: { errors: [{ field }] } });
  });
  it('gives a customer’s section, fresh of that moment', async () => {
    const answer = await service.call(CustomerQueries, 'getCustomer', { accountId: first.toUpperCase() }, { 'as-of': between });
    expect(answer).toMatchObject({ freshness: { asOf: between }, data: { notes: [{ noteId: first, text: `一 ${first}` }] } });
    const other = await service.call(CustomerQueries, 'getCustomer', { accountId: randomUUID() }, { 'as-of': between });
    expect((other['data'] as { notes?: object[] } | undefined)?.notes ?? []).toEqual([]);
  });

  describe('of a side of its own', () => {
    const pools: Pool[] = [];
    const sides: AsOfSide[] = [];
    afterAll(async () => {
      await Promise.all(sides.map((it) => it.close()));
      await Promise.all(pools.map((it) => it.end()));
    });
    const sideWith = (limits: AsOfLimits): AsOfSide => {
      pools.push(new Pool({ connectionString: service.url }));
      sides.push(asOfSide(service.url, notes, pools.at(-1)!, limits));
      return sides.at(-1)!;
    };
    const textAt = (side: AsOfSide, position: number, and: (moment: Moment) => Promise<void> = () => Promise.resolve()) =>
      side.readAsOf({ asOf: { position }, rpc: 'test' }, async ({ read }: Reading, moment) => {
        const { text } = await read(noteView).get(first);
        await and(moment);
        return text;
      });

    it('refuses more moments at once than it may keep, and goes on once one is free', async () => {
      const side = sideWith({ most: 2, patienceMs: 1_500 });
      const { promise, resolve } = Promise.withResolvers<void>();
      let reading = 0;
      const hold = (): Promise<void> => {
        reading++;
        return promise;
      };
      const held = [textAt(side, 1, hold), textAt(side, 31, hold)];
      for (const end = Date.now() + 9_000; Date.now() < end && reading < 2; await sleep(10));
      await expect(textAt(side, 40)).rejects.toMatchObject({ slug: 'as-of-busy', kind: 'exhausted' });
      // The same moment is not one more.
      await expect(textAt(side, 31)).resolves.toBe('二');
      const waiting = textAt(side, 39);
      resolve();
      await expect(waiting).resolves.toBe('二');
      await expect(Promise.all(held)).resolves.toEqual([`一 ${first}`, '二']);
      await expect(textAt(side, 40)).resolves.toBe('二');
    });
    it('says that it is preparing where folding takes longer than a call waits, and folds on', async () => {
      const side = sideWith({ patienceMs: 0 });
      await expect(textAt(side, 20)).rejects.toMatchObject({ slug: 'as-of-preparing', kind: 'unavailable' });
      let text: string | undefined;
      for (const end = Date.now() + 5_000; Date.now() < end && text === undefined; await sleep(20))
        text = await textAt(side, 20).catch(() => undefined);
      expect(text).toBe(`一 ${first}`);
    });
    it('never reads the present where its connection was lost', async () => {
      const side = sideWith({});
      await textAt(side, 10);
      const kill = async (): Promise<void> => {
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'guanxi-as-of'`,
        );
        await sleep(50);
      };
      const reads = side.readAsOf({ asOf: { position: 10 }, rpc: 'test' }, async ({ read }) => {
        await read(noteView).get(first);
        await kill();
        return (await read(noteView).get(first)).text;
      });
      await expect(reads).rejects.toMatchObject({ slug: 'history-unavailable', kind: 'unavailable' });
      await expect(textAt(side, 10)).resolves.toBe(`一 ${first}`);
    });
    it('folds all that the same call reads in one pass, once it has been seen to read it', async () => {
      const other = { ...noteView, options: { ...noteView.options, table: 'other_note' } } as typeof noteView;
      pools.push(new Pool({ connectionString: service.url }));
      const pool = pools.at(-1)!;
      sides.push(asOfSide(service.url, { ...notes, views: [noteView, other] }, pool));
      let pages = 0;
      const query = pool.query.bind(pool);
      pool.query = ((...it: Parameters<typeof query>) => {
        if (JSON.stringify(it[0]).includes('recorded-read')) pages++;
        return query(...it);
      }) as typeof pool.query;
      const both = (position: number) =>
        sides.at(-1)!.readAsOf({ asOf: { position }, rpc: 'both' }, async ({ read, sql }) => {
          const { text } = await read(noteView).get(first);
          return [text, ...(await sql<{ n: number }>('select count(*)::int as n from other_note')).map((it) => it.n)];
        });
      const passes: number[] = [];
      for (const position of [30, 29, 28]) {
        pages = 0;
        expect(await both(position)).toEqual([`一 ${first}`, position]);
        passes.push(pages);
      }
      expect(passes).toEqual([2, 1, 1]);
    });
    it('gives connections back when nobody has read for a while', async () => {
      const side = sideWith({ keptMs: 300 });
      const before = await connections();
      await textAt(side, 12);
      const mine = (await connections()).filter((it) => !before.includes(it));
      expect(mine).toHaveLength(1);
      const alive = async (): Promise<boolean> => (await connections()).includes(mine[0]!);
      for (const end = Date.now() + 9_000; Date.now() < end && (await alive()); await sleep(20));
      expect(await alive()).toBe(false);
    });
  });
});
