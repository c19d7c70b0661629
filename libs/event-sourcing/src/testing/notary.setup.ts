import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { parseCheckpoint, type Checkpoint } from '../checkpoint.text.js';
import { presentEpoch } from '../epochs.js';
import { parseNote, signedBy, signerOf } from '../note.js';
import { openPool } from '../pool.js';
import { applySchema } from '../schema.apply.js';
import { startNotary, type Notary, type NotaryOptions } from '../notary.js';

/** Who signs in these tests. */
export const signer = signerOf('guanxi/test', generateKeyPairSync('ed25519').privateKey);
/** The installation. */
export const namespace = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

const insert = `insert into events (position, stream_id, version, type, key, partition, recorded_at, record)
  select (select coalesce(max(position), 0) from events) + n, gen_random_uuid(), 1, 'x', gen_random_uuid(), n % 2, now(),
         json_build_object('n', n, 'text', $2::text) from generate_series(1, $1::int) n`;

/** A history and its notaries. `end` stops what was started. */
export const notaryTest = async (url: string, installation = namespace) => {
  const pool: Pool = openPool(url, { name: 'test', transactionTimeout: 30_000 });
  await applySchema(pool);
  const epoch = await presentEpoch(pool);
  const started: Notary[] = [];
  const refusals: string[] = [];
  const start = (more: Partial<NotaryOptions> = {}): Notary => {
    const it = startNotary({
      ...{ pool, namespace: installation, service: 'test', signers: [signer], compare: () => Promise.resolve(''), pollMs: 20 },
      onRefusal: (reason) => refusals.push(reason),
      ...more,
    });
    started.push(it);
    return it;
  };
  const notes = async (): Promise<(Checkpoint & { note: string })[]> => {
    const { rows } = await pool.query<{ size: number; note: string }>('select size, note from notes order by size');
    return rows.map(({ size, note }) => {
      const checkpoint = parseCheckpoint(parseNote(note).text);
      if (checkpoint.size !== size || signedBy(parseNote(note), [signer]).length === 0) throw new Error(`the note of ${size} is not one`);
      return { ...checkpoint, note };
    });
  };
  return {
    ...{ pool, epoch, start, notes, refusals },
    /** Appends so many events, as no other writer may at the same time. */
    append: (count: number, text: string = randomUUID()) => pool.query(insert, [count, text]),
    stop: async () => void (await Promise.all(started.splice(0).map((it) => it.stop()))),
    end: async () => {
      await Promise.all(started.map((it) => it.stop()));
      await pool.end();
    },
  };
};
