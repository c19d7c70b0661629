import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../../../test/postgres.js';
import { beginning, endOfRecorded, isBefore, placeAfter, readRecorded, type Entry, type Place } from './recorded.js';
import { opened, placed, types } from './testing/shop.database.js';
import { shopTests } from './testing/shop.setup.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const nameOf = ({ position, seq }: Entry): string => (seq === 0 ? `${position}` : `${position}+${seq}`);

describe('the recorded order', () => {
  it('puts what was received after the own event that was the last one then', async () => {
    const { append, receive, pool } = await setUp();
    await receive([opened('a', 'before all')]);
    await append([placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'a')]);
    await receive([opened('a', ''), opened('a', '')]);
    await append([placed(randomUUID(), 1, 'a')]);
    const client = await pool.connect();
    const all = await readRecorded(client, beginning, 100, [types.placed]);
    expect(all.map(nameOf)).toEqual(['0+1', '1', '2', '2+2', '2+3', '3']);
    expect(all.map((it) => it.record !== undefined)).toEqual([false, true, true, false, false, true]);
    expect(await endOfRecorded(client)).toEqual({ position: 3, seq: 3 });
    for (const limit of [1, 2, 3]) {
      const read: string[] = [];
      let place: Place = beginning;
      for (let page = await readRecorded(client, place, limit, []); page.length > 0; page = await readRecorded(client, place, limit, [])) {
        read.push(...page.map(nameOf));
        place = placeAfter(place, page);
      }
      expect(read).toEqual(all.map(nameOf));
    }
    expect((await readRecorded(client, { position: 1, seq: 1 }, 100, [], { position: 2, seq: 2 })).map(nameOf)).toEqual(['2', '2+2']);
    client.release();
  });

  it('never gives anything that belongs before what it gave already, while several write', async () => {
    const { append, receive, pool } = await setUp();
    const client = await pool.connect();
    let writing = 6;
    const write = async (act: () => Promise<unknown>): Promise<void> => {
      for (let n = 0; n < 40; n++) await act();
      writing--;
    };
    const writers = [0, 1, 2].flatMap((n) => [
      write(() => append([placed(randomUUID(), 1, 'a'), placed(randomUUID(), 1, 'a')])),
      write(() => receive([opened(`a${n}`, '')])),
    ]);
    const live: string[] = [];
    let place: Place = beginning;
    for (let more = true; more;) {
      more = writing > 0;
      const page = await readRecorded(client, place, 7, []);
      live.push(...page.map(nameOf));
      const next = placeAfter(place, page);
      expect(isBefore(next, place)).toBe(false);
      place = next;
      more ||= page.length > 0;
    }
    await Promise.all(writers);
    expect(live).toEqual((await readRecorded(client, beginning, 10_000, [])).map(nameOf));
    expect(live.length).toBe(360);
    client.release();
  });
});
