import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Freshness } from '@guanxi/contracts/guanxi/common/v1/freshness';
import { Parking } from '@guanxi/contracts/guanxi/common/v1/parking_pb';
import { view } from '@guanxi/event-sourcing/view';
import { testService, type TestService } from '../../../test/service.js';
import { sectionOf } from './customer.section.js';
import { CustomerQueries, Note, NoteCommands, NoteEvent } from './testing/notes.contract.js';
import { notes } from './testing/notes.js';

const picky = view(Note, { version: 1, table: 'note', key: 'noteId' }).of(
  NoteEvent,
  {
    noteWritten: (_, { text }, { stream, version, at }) => {
      if (text === 'unfoldable') throw new Error('cannot be folded');
      return { noteId: stream, text, version, createdAt: at };
    },
    noteAmended: (row) => row,
  },
  (event, { stream }) => {
    if (event.text === 'nobody’s') throw new Error('whose is it?');
    return stream;
  },
);

const section = sectionOf(CustomerQueries, async (accountId, { read }) => ({ notes: [await read(picky).one(accountId)].filter(Boolean) }));

describe('a section of the page of one customer', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await testService({ ...notes, views: [picky] }, [section]);
  }, 60_000);
  afterAll(() => service.stop());

  const get = async (accountId: string, metadata: Record<string, string> = {}) =>
    (await service.call(CustomerQueries, 'getCustomer', { accountId }, metadata)) as { freshness: Freshness; data: { notes: object[] } };
  const write = (noteId: string, text: string) => service.call(NoteCommands, 'writeNote', { noteId, text }, { prefer: 'respond-async' });

  it('holds the data and how fresh they are', async () => {
    const noteId = randomUUID();
    await service.call(NoteCommands, 'writeNote', { noteId, text: '一' });
    const { freshness, data } = await get(noteId);
    expect(data.notes).toMatchObject([{ noteId, text: '一' }]);
    expect(freshness).toMatchObject({ lagMs: 0, staleReason: '' });
    expect(Math.abs(Date.now() - Date.parse(freshness.asOf ?? ''))).toBeLessThan(2_000);
  });
  it('is empty for a customer that the service has not heard of', async () => {
    expect((await get(randomUUID())).data.notes).toEqual([]);
  });
  it('is stale for the one customer of whom something could not be folded, until that is seen to', async () => {
    const noteId = randomUUID();
    const other = randomUUID();
    await write(noteId, 'unfoldable');
    const reason = async (id: string) => (await get(id)).freshness.staleReason;
    for (const end = Date.now() + 15_000; Date.now() < end && !(await reason(noteId)); await sleep(50));
    expect([await reason(noteId), await reason(other)]).toEqual(['parked', '']);
    const { parked } = (await service.call(Parking, 'listParked', {})) as { parked: object[] };
    expect(parked).toMatchObject([{ view: 'note', live: true, key: noteId, position: '2', seq: '0', what: 'fold', error: 'Error', tries: 3 }]);
    const before = await get(noteId, { 'as-of-position': '2' });
    expect([before.freshness.staleReason, before.data?.notes ?? []]).toEqual(['parked', []]);
    expect((await get(other, { 'as-of-position': '2' })).freshness.staleReason).toBe('');
    await service.call(Parking, 'discardParked', { view: 'note', key: noteId, reason: 'a test' });
    expect(await reason(noteId)).toBe('');
  });
  it('says which view has stopped, and that it falls further behind', async () => {
    const noteId = randomUUID();
    await write(noteId, 'nobody’s');
    let { freshness } = await get(randomUUID());
    for (const end = Date.now() + 15_000; Date.now() < end && !freshness.staleReason; await sleep(50)) ({ freshness } = await get(randomUUID()));
    expect(freshness.staleReason).toMatch(/^view note: /);
    expect(freshness.lagMs).toBeGreaterThan(0);
    await expect(get(noteId, { 'as-of-position': '3' })).rejects.toMatchObject({ slug: 'as-of-unfoldable', kind: 'unavailable' });
    await expect(get(noteId, { 'as-of-position': '1' })).resolves.toMatchObject({ freshness: { staleReason: '' } });
    expect(Date.parse(freshness.asOf ?? '')).toBeLessThan(Date.now() - freshness.lagMs + 1_000);
  });
});
