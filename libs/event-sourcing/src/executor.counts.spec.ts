import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ownServer, type OwnServer } from '../../../test/own-server.js';
import { applySchema } from './schema.apply.js';
import { ask } from './testing/entries.js';
import { enter, open, writer, type Writer } from './testing/writer.js';

// Exact counts: what a command costs shows no noise here (performance.md §11).
let server: OwnServer;
let one: Writer;

beforeAll(async () => {
  server = await ownServer({ shared_preload_libraries: 'pg_stat_statements', full_page_writes: 'off', fsync: 'off' });
  one = writer(server.url);
  await applySchema(one.pool);
  await ask(server.url, 'create extension pg_stat_statements');
  await one.opened();
}, 30_000);
afterAll(async () => {
  await one.close();
  await server.stop();
});
beforeEach(() => ask(server.url, 'select pg_stat_statements_reset()'));

const names: readonly [RegExp, string][] = [
  [/append(_one)?\(/, 'append'],
  [/left join snapshots/, 'load'],
  [/left join commands/, 'standing'],
  [/select id::text, type from streams/, 'exists'],
  [/insert into snapshots/, 'snapshot'],
  [/pg_stat_statements|create extension/, ''],
];

/** Statements that clients sent, by name: how often each. */
const counts = async (): Promise<Record<string, number>> => {
  const rows = await ask<{ query: string; calls: number }>(server.url, 'select query, calls::int from pg_stat_statements where toplevel');
  const named = rows.map(({ query, calls }) => [names.find(([it]) => it.test(query))?.[1] ?? query, calls] as const).filter(([name]) => name !== '');
  return Object.fromEntries(named);
};
const keyed = () => ({ idempotencyKey: randomUUID() });

describe('statements of', () => {
  it('32 commands at once that begin streams: one', async () => {
    await Promise.all(Array.from({ length: 32 }, () => one.execute('openLedger', open(), keyed())));
    expect(await counts()).toEqual({ append: 1 });
  });

  it('32 commands at once on known streams: one', async () => {
    const ids = await Promise.all(Array.from({ length: 32 }, () => one.opened()));
    await ask(server.url, 'select pg_stat_statements_reset()');
    await Promise.all(ids.map((id) => one.execute('enter', enter(id), keyed())));
    expect(await counts()).toEqual({ append: 1 });
  });

  it('32 commands at once on one stream: one', async () => {
    const id = await one.opened();
    await ask(server.url, 'select pg_stat_statements_reset()');
    await Promise.all(Array.from({ length: 32 }, () => one.execute('enter', enter(id, { times: 0 }), keyed())));
    expect(await counts()).toEqual({ append: 1 });
  });

  it('a command alone: one; its repeat: one', async () => {
    const key = keyed();
    await one.execute('openLedger', open(), key);
    expect(await counts()).toEqual({ append: 1 });
    await one.execute('openLedger', open(), key);
    expect(await counts()).toEqual({ append: 2 });
  });

  it('50 cold streams at once: a load and an append', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => one.opened()));
    const cold = writer(server.url);
    await ask(server.url, 'select pg_stat_statements_reset()');
    await Promise.all(ids.map((id) => cold.execute('enter', enter(id), keyed())));
    expect(await counts()).toEqual({ load: 1, append: 1 });
    await cold.close();
  });

  it('32 writers in two processes on one stream: no storm of tries', async () => {
    const two = writer(server.url);
    const id = await one.opened();
    await ask(server.url, 'select pg_stat_statements_reset()');
    const lane = async (it: Writer): Promise<void> => {
      for (let n = 0; n < 10; n++) await it.execute('enter', enter(id), keyed());
    };
    await Promise.all(Array.from({ length: 32 }, (_, n) => lane(n % 2 ? one : two)));
    const { append = 0, load = 0 } = await counts();
    expect(append).toBeLessThan(80);
    expect(load).toBeLessThan(append);
    await two.close();
  });

  it('20 refusals at once: one read', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => one.opened()));
    await ask(server.url, 'select pg_stat_statements_reset()');
    await Promise.allSettled(ids.map((id) => one.execute('enter', enter(id, { amount: '-1' }), keyed())));
    expect(await counts()).toEqual({ standing: 1 });
  });

  it('questions whether a stream exists: one for all, none when it was seen', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => one.opened()));
    const about = await one.opened();
    await ask(server.url, 'select pg_stat_statements_reset()');
    for (let n = 0; n < 2; n++) await Promise.all(ids.map((id) => one.execute('enter', enter(id, { about }), keyed())));
    expect(await counts()).toEqual({ exists: 1, append: 2 });
  });
});

describe('a command’s write-ahead log', () => {
  it('is its record and less than a kilobyte besides', async () => {
    const ids = await Promise.all(Array.from({ length: 64 }, () => one.opened()));
    await ask(server.url, 'select pg_stat_statements_reset()');
    // One group that splits a few pages more than another would show.
    for (let n = 0; n < 8; n++) await Promise.all(ids.map((id) => one.execute('enter', enter(id, { text: 'x'.repeat(300) }), keyed())));
    const [wal] = await ask<{ bytes: number }>(
      server.url,
      `select sum(wal_bytes)::int bytes from pg_stat_statements where query like '%from append(%' and toplevel`,
    );
    const [record] = await ask<{ bytes: number }>(
      server.url,
      `select avg(length(record::text))::int bytes from (select record from events order by position desc limit 64) x`,
    );
    expect((wal?.bytes ?? 0) / 512 - (record?.bytes ?? 0)).toBeLessThan(1_000);
  });
});
