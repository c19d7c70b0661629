import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { emptyEdge, extend, leafHash, rootOf } from './merkle.js';
import { namespace, notaryTest, signer } from './testing/notary.setup.js';
import { until } from './testing/shop.setup.js';

let database: FreshDatabase;
let test: Awaited<ReturnType<typeof notaryTest>>;
const started: ChildProcess[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  test = await notaryTest(database.url);
});
afterAll(async () => {
  await Promise.all(started.map(kill));
  await test.end();
  await database.drop();
});

const home = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'testing/notary.process.ts');
const key = Buffer.from(signer.secret.export({ format: 'pem', type: 'pkcs8' })).toString('base64');

const run = (): { child: ChildProcess; signed: () => number } => {
  const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
  const child = spawn(process.execPath, [...flags, program, database.url, namespace, key], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  let signed = 0;
  child.stdout?.on('data', (chunk: Buffer) => (signed += chunk.toString().split('\n').length - 1));
  return { child, signed: () => signed };
};
const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};

describe('kill -9 of two replicas at once, again and again,', () => {
  it('leaves a tree and checkpoints that are those of the records, and no size that is signed twice', async () => {
    let appending = true;
    const writer = (async () => {
      for (; appending; await pause(3)) await test.append(1 + Math.floor(Math.random() * 200));
    })();
    for (let round = 0; round < 3; round++) {
      const replicas = [run(), run()];
      await until(() => replicas.reduce((sum, it) => sum + it.signed(), 0) > 5, 30_000);
      await pause(Math.random() * 100);
      await Promise.all(replicas.map((it) => kill(it.child)));
    }
    appending = false;
    await writer;
    test.start();
    const { rows } = await test.pool.query<{ record: string }>('select record::text as record from events order by position');
    await until(async () => (await test.notes()).at(-1)?.size === rows.length, 30_000);

    const all = rows.map((it) => leafHash(it.record));
    const made = new Map<string, Buffer>();
    extend(emptyEdge, all, ({ level, index, hash }) => made.set(`${level} ${index}`, hash));
    let edge = emptyEdge;
    for (const { size, root } of await test.notes()) {
      edge = extend(edge, all.slice(edge.size, size));
      expect(root).toEqual(rootOf(edge.hashes));
    }
    const { rows: kept } = await test.pool.query<{ level: number; index: number; hash: Buffer }>('select level, index, hash from tree');
    for (const { level, index, hash } of kept) expect(hash).toEqual(made.get(`${level} ${index}`));
    expect(kept).toHaveLength([...made.keys()].filter((it) => Number(it.split(' ')[0]) >= 8).length);
  }, 120_000);
});
