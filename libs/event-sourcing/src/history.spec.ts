import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { openAppender, type Appender } from './appender.js';
import { beginEpoch, listEpochs, presentEpoch } from './epochs.js';
import { history, type History } from './history.js';
import { openPool } from './pool.js';
import { applySchema } from './schema.apply.js';
import { entryOf } from './testing/entries.js';

let database: FreshDatabase;
let pool: Pool;
let appender: Appender;
let past: History;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.url, { name: 'test' });
  await applySchema(pool);
  appender = openAppender(database.url);
  past = history(pool, (listener) => appender.onAppend(listener));
});
afterAll(async () => {
  await appender.close();
  await pool.end();
  await database.drop();
});

describe('epochs', () => {
  it('begin with one whose base is 0, also when several processes start at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => presentEpoch(pool)));
    expect(new Set(all.map((it) => it.id)).size).toBe(1);
    expect(all[0]).toEqual({ id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), base: 0 });
  });

  it('follow one another, each with the head of its moment as base', async () => {
    const first = await presentEpoch(pool);
    await appender.append(entryOf(undefined, { count: 3 }));
    const second = await beginEpoch(pool);
    expect(second).toEqual({ id: expect.any(String), base: await past.head() });
    expect(second.id > first.id).toBe(true);
    expect(await presentEpoch(pool)).toEqual(second);
    expect(await listEpochs(pool)).toEqual([first, second]);
  });
});

describe('the history', () => {
  it('gives exact texts by position, in ranges', async () => {
    const entry = entryOf(undefined, { count: 5, text: '客户 "x"' });
    const before = await past.head();
    await appender.append(entry);
    expect(await past.head()).toBe(before + 5);
    const rows = await past.read({ after: before, limit: 3 });
    expect(rows.map((it) => it.position)).toEqual([before + 1, before + 2, before + 3]);
    rows.forEach(({ record }, n) => {
      const { head, tail } = entry.events[n] as { head: string; tail: string };
      expect(record).toBe(head + record.slice(head.length, head.length + 24) + tail);
    });
    expect(await past.read({ after: before, limit: 9, upTo: before + 2 })).toEqual(rows.slice(0, 2));
    expect(await past.read({ after: before + 5, limit: 9 })).toEqual([]);
  });

  it('gives one partition alone', async () => {
    const entries = Array.from({ length: 30 }, () => entryOf());
    const before = await past.head();
    await Promise.all(entries.map((it) => appender.append(it)));
    for (const partition of new Set(entries.map((it) => it.stream.partition))) {
      const mine = entries.flatMap((it, n) => (it.stream.partition === partition ? [before + n + 1] : []));
      expect((await past.read({ after: before, limit: 100, partition })).map((it) => it.position)).toEqual(mine);
    }
  });

  it('waits for the first event, no longer than it was told, and not after the caller has gone', async () => {
    const before = await past.head();
    const waiting = past.await({ after: before, limit: 10 }, 5_000);
    await pause(20);
    const began = performance.now();
    await appender.append(entryOf(randomUUID()));
    expect(await waiting).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(900);
    expect(await past.await({ after: before + 1, limit: 10 }, 30)).toEqual([]);
    const gone = new AbortController();
    const left = past.await({ after: before + 1, limit: 10 }, 5_000, gone.signal);
    gone.abort();
    expect(await left).toEqual([]);
  });
});
