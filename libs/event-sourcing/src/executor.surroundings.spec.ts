import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import type { Advice } from './advice.js';
import { applySchema } from './schema.apply.js';
import { entryOf } from './testing/entries.js';
import { ledger } from './testing/ledger.js';
import { enter, open, writer, type Writer } from './testing/writer.js';

let database: FreshDatabase;
let one: Writer;

beforeAll(async () => {
  database = await freshDatabase();
  one = writer(database.url);
  await applySchema(one.pool);
});
afterAll(async () => {
  await one.close();
  await database.drop();
});

describe('ids', () => {
  it('of another aggregate’s stream, or that are none, find nothing', async () => {
    const id = await one.opened();
    const thing = randomUUID();
    await one.appender.append(entryOf(thing));
    for (const about of [thing, 'not a UUID', '00'])
      await expect(one.execute('enter', enter(id, { about }))).rejects.toMatchObject({ slug: 'about-not-found' });
    await expect(one.execute('enter', enter(thing))).rejects.toMatchObject({ slug: 'ledger-not-found', kind: 'not-found' });
  });

  it('that are no UUIDs are refused, and spoil nothing of what is written with them', async () => {
    const settled = await Promise.allSettled([
      one.execute('openLedger', open()),
      one.execute('enter', enter('nonsense')),
      one.execute('openLedger', open({ accountId: '123' })),
      one.execute('openLedger', open()),
    ]);
    const refused = { status: 'rejected', reason: { slug: 'string.uuid', kind: 'invalid' } };
    expect(settled).toMatchObject([{ status: 'fulfilled' }, refused, refused, { status: 'fulfilled' }]);
  });
});

describe('what only helps', () => {
  it('can’t turn a command that was done into an error: neither views nor advice', async () => {
    const broken = () => Promise.reject(new Error('no view'));
    const advice: Advice = { commands: ledger.commands, method: 'openLedger', view: {} as Advice['view'], key: () => 'x', warn: () => [] };
    const three = writer(database.url, { views: { settled: broken, one: broken }, advice: [advice] });
    await expect(three.execute('openLedger', open())).resolves.toMatchObject({ version: 1, warnings: [] });
    await three.close();
  });

  it('warns in the answer, also in its repeat', async () => {
    const warning = { slug: 'possible-duplicate', detail: 'An owner of this name is known.', ids: [randomUUID()] };
    const advice: Advice = {
      ...{ commands: ledger.commands, method: 'openLedger', view: {} as Advice['view'] },
      key: ({ owner }: { owner: string }) => owner || undefined,
      warn: (row: { owner: string }) => (row.owner === 'Wang' ? [warning] : []),
    };
    const views = {
      settled: () => Promise.resolve(),
      one: (_: unknown, key: string) => Promise.resolve(key === 'Wang' ? { owner: key } : undefined),
    };
    const three = writer(database.url, { views, advice: [advice] });
    const key = { idempotencyKey: randomUUID() };
    for (let n = 0; n < 2; n++) expect((await three.execute('openLedger', open(), key)).warnings).toEqual([warning]);
    expect((await three.execute('openLedger', open({ owner: 'Li' }))).warnings).toEqual([]);
    await three.close();
  });
});
