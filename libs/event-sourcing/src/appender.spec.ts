import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { openAppender, takeGroup, type Appender } from './appender.js';
import { applySchema } from './schema.apply.js';
import { ask, entryOf } from './testing/entries.js';
import { brokenRules } from './testing/history.check.js';
import { proxyTo } from './testing/proxy.js';

let database: FreshDatabase;
let appender: Appender;
let other: Appender;

beforeAll(async () => {
  database = await freshDatabase();
  const client = new Client(database.url);
  await client.connect();
  await applySchema(client);
  await client.end();
  appender = openAppender(database.url);
  other = openAppender(database.url);
});
afterAll(async () => {
  await Promise.all([appender.close(), other.close()]);
  await database.drop();
});

const head = async (): Promise<number> =>
  Number((await ask<{ head: string }>(database.url, 'select coalesce(max(position), 0) head from events'))[0]?.head);
const all = (entries: readonly ReturnType<typeof entryOf>[]) => Promise.all(entries.map((it) => appender.append(it)));

describe('an append', () => {
  it('answers every command of a group for itself, and writes what passes without a gap', async () => {
    const [known, moved, free] = [randomUUID(), randomUUID(), randomUUID()];
    await all([entryOf(known, { key: 'k1' }), entryOf(moved)]);
    const before = await head();
    const outcomes = await all([
      entryOf(randomUUID(), { count: 3, key: 'k2' }),
      entryOf(randomUUID(), { key: 'k1' }),
      entryOf(randomUUID(), { key: 'k1', request: 'another' }),
      entryOf(moved, { expected: 0, count: 2, key: 'k3' }),
      entryOf(free, { key: 'k4' }),
      entryOf(free, { expected: 1, count: 2, key: 'k5' }),
      entryOf(randomUUID(), { count: 0, key: 'k6' }),
    ]);
    expect(outcomes).toEqual([
      { verdict: 'done', position: before + 3 },
      { verdict: 'repeat', position: 1, answer: JSON.stringify({ id: known, version: 1 }) },
      { verdict: 'mismatch' },
      { verdict: 'stale' },
      { verdict: 'done', position: before + 4 },
      { verdict: 'done', position: before + 6 },
      { verdict: 'done', position: before + 6 },
    ]);
    const kept = await ask<{ position: string }>(database.url, `select position from commands where position >= $1 order by position`, [before + 3]);
    expect(kept.map((it) => Number(it.position))).toEqual([before + 3, before + 4, before + 6, before + 6]);
    expect(await brokenRules(database.url)).toEqual([]);
  });

  it('answers a command that comes alone as one of a group', async () => {
    const [id, before] = [randomUUID(), await head()];
    const alone = async (...asked: Parameters<typeof entryOf>) => (await all([entryOf(...asked)]))[0];
    expect(await alone(id, { key: 'a1' })).toEqual({ verdict: 'done', position: before + 1 });
    expect(await alone(id, { key: 'a2', expected: 1 })).toEqual({ verdict: 'done', position: before + 2 });
    expect(await alone(id, { key: 'a1', expected: 2 })).toMatchObject({ verdict: 'repeat', position: before + 1 });
    expect(await alone(id, { key: 'a1', expected: 2, request: 'another' })).toEqual({ verdict: 'mismatch' });
    expect(await alone(id, { key: 'a3', expected: 1 })).toEqual({ verdict: 'stale' });
    expect(await brokenRules(database.url)).toEqual([]);
  });

  it('refuses the rest of a stream of which one command was refused', async () => {
    const id = randomUUID();
    await appender.append(entryOf(id, { key: 'r1' }));
    expect(await all([entryOf(id, { expected: 1, key: 'r1' }), entryOf(id, { expected: 2, key: 'r2' })])).toEqual([
      expect.objectContaining({ verdict: 'repeat' }),
      { verdict: 'stale' },
    ]);
    expect(await ask(database.url, 'select version from streams where id = $1', [id])).toEqual([{ version: 1 }]);
  });

  it('tells of each call how many commands went together in it', async () => {
    const groups: number[] = [];
    const watched = openAppender(database.url, { group: 4, onGroup: (commands, ms) => groups.push(ms > 0 ? commands : NaN) });
    await Promise.all(Array.from({ length: 10 }, () => watched.append(entryOf(randomUUID()))));
    await watched.close();
    expect(groups).toEqual([4, 4, 2]);
  });

  it('gives one key that comes twice at once one effect', async () => {
    const [one, two] = await all([entryOf(randomUUID(), { key: 'twice' }), entryOf(randomUUID(), { key: 'twice' })]);
    expect(one).toMatchObject({ verdict: 'done' });
    expect(two).toMatchObject({ verdict: 'repeat', position: one && 'position' in one ? one.position : 0 });
  });

  it('lets one of two processes win a stream and a key, and tells the other', async () => {
    for (let n = 0; n < 40; n++) {
      const id = randomUUID();
      const outcomes = await Promise.all([appender, other].map((it) => it.append(entryOf(id, { key: `race-${n}` }))));
      expect(outcomes.map((it) => it.verdict).sort()).toEqual(['done', 'repeat']);
      const streams = await Promise.all([appender, other].map((it) => it.append(entryOf(id, { expected: 1 }))));
      expect(streams.map((it) => it.verdict).sort()).toEqual(['done', 'stale']);
    }
    expect(await brokenRules(database.url)).toEqual([]);
  });

  it.each([
    ['U+0000 in a key’s answer', { answer: 'a\0b' }],
    ['a text that is not JSON', { events: [{ id: randomUUID(), type: 'x', head: '{"time":"', tail: '" ' }] }],
    [
      'a nesting deeper than the stack',
      { events: [{ id: randomUUID(), type: 'x', head: '['.repeat(200_000) + '"', tail: `"${']'.repeat(200_000)}` }] },
    ],
  ])('refuses only the command with %s', async (_, bad) => {
    const before = await head();
    const entries = Array.from({ length: 9 }, (_entry, n) => (n === 4 ? { ...entryOf(undefined, { key: 'bad' }), ...bad } : entryOf()));
    const settled = await Promise.allSettled(entries.map((it) => appender.append(it)));
    expect(settled.map((it) => it.status === 'fulfilled')).toEqual(entries.map((_entry, n) => n !== 4));
    expect(settled[4]).toMatchObject({ reason: { slug: 'value-not-storable', kind: 'invalid' } });
    expect(await head()).toBe(before + 8);
    expect(await brokenRules(database.url)).toEqual([]);
  });

  it('tells its listeners the head once a group, and only when there are new events', async () => {
    const heads: number[] = [];
    const stop = appender.onAppend((it) => heads.push(it));
    const before = await head();
    await all([entryOf(), entryOf(), entryOf()]);
    await all([entryOf(undefined, { count: 0, key: 'nothing' })]);
    stop();
    await appender.append(entryOf());
    expect(heads).toEqual([before + 3]);
  });

  it('never lets time fall, also when the clock goes back', async () => {
    const move = (by: string) =>
      ask<{ t: Date }>(database.url, `update events set recorded_at = recorded_at + $2::interval where position = $1 returning recorded_at t`, [
        at,
        by,
      ]);
    const at = await head();
    const ahead = await move('1 hour');
    await appender.append(entryOf());
    await move('-1 hour');
    const [last] = await ask<{ t: Date; time: string }>(
      database.url,
      `select recorded_at t, record->>'time' time from events order by position desc limit 1`,
    );
    expect(last?.t).toEqual(ahead[0]?.t);
    expect(last?.time).toBe(last?.t.toISOString());
  });
});

describe('a lost connection', () => {
  it.each(['statement', 'reply'] as const)(
    'whose %s is lost has the group sent again, and each command answered as if nothing had been',
    async (what) => {
      const proxy = await proxyTo(database.url);
      const far = openAppender(proxy.url);
      await far.append(entryOf());
      const [chained, taken, before] = [randomUUID(), randomUUID(), await head()];
      await appender.append(entryOf(taken, { key: `taken-${what}` }));
      proxy.cut(what);
      const outcomes = await Promise.all(
        [
          entryOf(undefined, { count: 2 }),
          entryOf(undefined, { key: `lost-${what}` }),
          entryOf(chained, { key: `lost-chain-${what}` }),
          entryOf(chained, { expected: 1, count: 2 }),
          entryOf(taken, { expected: 1, key: `taken-${what}` }),
          entryOf(taken, { expected: 5 }),
          entryOf(undefined, { key: `lost-nothing-${what}`, count: 0 }),
        ].map((it) => far.append(it)),
      );
      expect(proxy.cuts()).toBe(1);
      expect(outcomes.map((it) => it.verdict)).toEqual(['done', 'done', 'done', 'done', 'repeat', 'stale', what === 'reply' ? 'repeat' : 'done']);
      expect(outcomes.slice(0, 4)).toEqual([3, 4, 5, 7].map((n) => ({ verdict: 'done', position: before + n })));
      expect(await head()).toBe(before + 7);
      expect(await brokenRules(database.url)).toEqual([]);
      await far.close();
      await proxy.close();
    },
  );
});

describe('a group', () => {
  const waiting = (...entries: ReturnType<typeof entryOf>[]) => entries.map((entry) => ({ entry }));

  it('holds a key once and a stream only in one line, and leaves the rest in order', () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const queue = waiting(
      entryOf(a, { key: '1' }),
      entryOf(b, { key: '1' }),
      entryOf(b, { expected: 1 }),
      entryOf(a, { expected: 1 }),
      entryOf(a, { expected: 1 }),
      entryOf(a, { expected: 2 }),
    );
    const [one, two, three, four, five, six] = queue;
    expect(takeGroup(queue, 10)).toEqual([one, four]);
    expect(queue).toEqual([two, three, five, six]);
    expect(takeGroup(queue, 10)).toEqual([two, three, five, six]);
  });

  it('has bounds in number and in bytes', () => {
    const queue = waiting(...Array.from({ length: 5 }, () => entryOf(undefined, { text: 'x'.repeat(3 << 20) })));
    expect(takeGroup(queue, 10)).toHaveLength(2);
    expect(takeGroup(queue, 1)).toHaveLength(1);
    expect(queue).toHaveLength(2);
  });
});

describe('an appender', () => {
  it('refuses what comes when too much waits, and loses nothing of what it took', async () => {
    const small = openAppender(database.url, { queue: 3 });
    const settled = await Promise.allSettled(Array.from({ length: 5 }, () => small.append(entryOf())));
    expect(settled.map((it) => it.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(settled[4]).toMatchObject({ reason: { slug: 'overloaded', kind: 'exhausted' } });
    await small.close();
  });

  it('writes what waits before it closes, then refuses', async () => {
    const short = openAppender(database.url);
    const last = short.append(entryOf());
    await short.close();
    await expect(last).resolves.toMatchObject({ verdict: 'done' });
    await expect(short.append(entryOf())).rejects.toMatchObject({ slug: 'stopping' });
  });

  it('says that the history is away when it is, at once to all who wait', async () => {
    const lost = openAppender('postgres://nobody@127.0.0.1:1/none', { patience: 100, group: 1 });
    const settled = await Promise.allSettled([lost.append(entryOf()), lost.append(entryOf())]);
    expect(settled).toEqual(
      [1, 2].map(() => expect.objectContaining({ reason: expect.objectContaining({ slug: 'history-unavailable', kind: 'unavailable' }) })),
    );
    await lost.close();
  });
});
