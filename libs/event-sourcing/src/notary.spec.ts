import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { beginEpoch } from './epochs.js';
import { emptyEdge, extend, leafHash, rootOf } from './merkle.js';
import { consistencyStretches, inclusionStretches, provesConsistency, provesInclusion } from './merkle.proof.js';
import { parseNote, signedBy, signerOf } from './note.js';
import { edgeAt, rootAt, rootsOf } from './tree.js';
import { namespace, notaryTest, signer } from './testing/notary.setup.js';
import { until } from './testing/shop.setup.js';

let database: FreshDatabase;
let test: Awaited<ReturnType<typeof notaryTest>>;
beforeEach(async () => {
  database = await freshDatabase();
  test = await notaryTest(database.url);
});
afterEach(async () => {
  await test.end();
  await database.drop();
});

const leaves = async (): Promise<Buffer[]> => {
  const { rows } = await test.pool.query<{ record: string }>('select record::text as record from events order by position');
  return rows.map((it) => leafHash(it.record));
};
/** The root as RFC 6962 has it, made from the records alone. */
const rootFrom = (all: readonly Buffer[], size: number): Buffer => rootOf(extend(emptyEdge, all.slice(0, size)).hashes);
const signedUpTo = (size: number): Promise<void> => until(async () => (await test.notes()).at(-1)?.size === size);

describe('the notary', () => {
  it('signs each 1,000 events and what is left, every root that of the records', async () => {
    await test.append(2_300);
    test.start();
    await signedUpTo(2_300);
    await test.append(7);
    await signedUpTo(2_307);
    const [notes, all] = [await test.notes(), await leaves()];
    expect(notes.map((it) => it.size)).toEqual([1_000, 2_000, 2_300, 2_307]);
    for (const { origin, size, root, extensions } of notes) {
      expect(origin).toBe(`guanxi/${namespace}/test/${test.epoch.id}`);
      expect(root).toEqual(rootFrom(all, size));
      expect(extensions).toEqual([expect.stringMatching(/^time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)]);
    }
    const { rows } = await test.pool.query<{ level: number; n: number }>('select level, count(*)::int as n from tree group by level order by level');
    expect(rows).toEqual([8, 9, 10, 11].map((level) => ({ level, n: Math.floor(2_307 / 2 ** level) })));
  });

  it('proves each event and each two sizes from what it keeps', async () => {
    await test.append(1_700);
    test.start();
    await signedUpTo(1_700);
    const all = await leaves();
    for (let n = 0; n < 30; n++) {
      const size = 1 + Math.floor(Math.random() * 1_700);
      const [index, from] = [Math.floor(Math.random() * size), 1 + Math.floor(Math.random() * size)];
      const root = rootFrom(all, size);
      expect(await rootAt(test.pool, size)).toEqual(root);
      expect(provesInclusion(index, size, all[index]!, await rootsOf(test.pool, inclusionStretches(index, size)), root)).toBe(true);
      const path = await rootsOf(test.pool, consistencyStretches(from, size));
      expect(provesConsistency(from, size, path, rootFrom(all, from), root)).toBe(true);
    }
    await expect(edgeAt(test.pool, 1_701)).rejects.toThrow('the history ends before position 1701');
  });

  it('finds roots also where its tree was lost', async () => {
    await test.append(1_300);
    expect(await rootAt(test.pool, 1_300)).toEqual(rootFrom(await leaves(), 1_300));
  });

  it('never signs two roots for one size, whoever of several replicas signs', async () => {
    const replicas = Array.from({ length: 4 }, () => test.start({ pollMs: 1 }));
    for (let n = 0; n < 40; n++) await test.append(1 + (n % 90));
    const { rows } = await test.pool.query<{ head: number }>('select max(position) as head from events');
    await signedUpTo(rows[0]!.head);
    const sizes = Array.from({ length: 20 }, (_, n) => 1 + n * 7);
    await Promise.all(sizes.flatMap((size) => replicas.map((it) => it.sign(size))));
    const all = await leaves();
    for (const { size, root } of await test.notes()) expect(root).toEqual(rootFrom(all, size));
    expect((await test.notes()).map((it) => it.size)).toEqual(expect.arrayContaining(sizes));
  });

  it('signs a size that is asked for once, and none that the history does not have', async () => {
    await test.append(10);
    const notary = test.start();
    await signedUpTo(10);
    const [first, again] = [await notary.sign(4), await notary.sign(4)];
    expect(first).toBe(again);
    expect(first).toBe((await test.notes())[0]?.note);
    expect(await notary.sign(11)).toBeUndefined();
  });

  it('signs with every key while one replaces another', async () => {
    const next = signerOf('guanxi/test', generateKeyPairSync('ed25519').privateKey);
    test.start({ signers: [signer, next] });
    await test.append(3);
    await signedUpTo(3);
    const [first] = await test.notes();
    expect(signedBy(parseNote(first!.note), [signer, next])).toEqual([signer, next]);
  });

  it('names a new epoch, and what it shares with the one before', async () => {
    await test.append(300);
    test.start();
    await signedUpTo(300);
    const shared = (await test.notes()).at(-1)!;
    const { id } = await beginEpoch(test.pool);
    await test.append(5);
    await signedUpTo(305);
    const { origin, extensions } = (await test.notes()).at(-1)!;
    expect(origin).toBe(`guanxi/${namespace}/test/${id}`);
    expect(extensions[1]).toBe(`previous ${shared.origin} 300 ${shared.root.toString('base64')}`);
  });
});

describe('the notary refuses, with a word, and signs nothing', () => {
  const refused = async (reason: string): Promise<void> => {
    const before = (await test.notes()).length;
    const notary = test.start();
    await until(() => test.refusals.length > 0);
    await test.append(3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(test.refusals).toEqual([reason]);
    expect(notary.health()).toEqual({ name: 'notary', ready: true, lagMs: 0, reason: `signs nothing: ${reason}` });
    expect(await notary.sign(2)).toBeUndefined();
    expect(await test.notes()).toHaveLength(before);
  };
  const signed = async (): Promise<void> => {
    await test.append(700);
    test.start();
    await signedUpTo(700);
    await test.stop();
  };

  it('a history that is shorter than what was signed', async () => {
    await signed();
    await test.pool.query('delete from events where position > 690');
    await refused('the history ends at 690, but a checkpoint of 700 events was signed');
  });
  it('a history that is another than what was signed', async () => {
    await signed();
    await test.pool.query(`update events set record = '{"n":0}' where position = 650`);
    await refused('the first 700 events are not those that were signed');
  });
  it('where nobody knows what was published, until it is known', async () => {
    await test.append(3);
    let known = false;
    const notary = test.start({ compare: () => (known ? Promise.resolve('') : Promise.reject(new Error('away'))), compareMs: 100 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(notary.health().reason).toBe('signs nothing: the history was not yet compared with what was published');
    expect(await test.notes()).toEqual([]);
    known = true;
    await until(async () => (await test.notes()).length === 1);
    expect(notary.health().reason).toBe('');
  });
});
