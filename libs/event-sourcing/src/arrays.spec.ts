import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { byteas, int2s, int4s, texts, uuids } from './arrays.js';

/** What PostgreSQL reads. */
const read = async (type: string, value: Buffer): Promise<unknown> => {
  const client = new Client(process.env.TEST_PG_URL);
  await client.connect();
  try {
    return (await client.query<{ it: unknown }>(`select $1::${type}[] as it`, [value])).rows[0]?.it;
  } finally {
    await client.end();
  }
};

describe('binary arrays', () => {
  const ids = [randomUUID(), randomUUID(), 'ffffffff-0000-7fff-bfff-0123456789ab'];
  const words = ['', 'a"b\\c{},', '客户 😀', 'null', 'x'.repeat(300_000)];
  const blobs = [Buffer.alloc(0), randomBytes(32)];
  it.each<[string, Buffer, readonly unknown[]]>([
    ['uuid', uuids(ids), ids],
    ['text', texts(words), words],
    ['bytea', byteas(blobs), blobs],
    ['int4', int4s([0, -1, 2 ** 31 - 1]), [0, -1, 2 ** 31 - 1]],
    ['int2', int2s([0, 23, -32_768]), [0, 23, -32_768]],
    ['uuid', uuids([]), []],
    ['text', texts([]), []],
  ])('of %s are read as they were written', async (type, written, given) => expect(await read(type, written)).toEqual(given));

  it.each([
    '',
    'abc',
    randomUUID().slice(1),
    `${randomUUID()}0`,
    `${randomUUID()}00`,
    randomUUID().replace(/^./, 'g'),
    randomUUID().replace(/^./, 'é'),
    randomUUID().replace(/^./, '客'),
  ])('refuse %s as a UUID', (text) => expect(() => uuids([text])).toThrow('not a UUID'));
});
