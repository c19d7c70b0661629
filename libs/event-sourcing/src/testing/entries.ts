import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Entry } from '../append.call.js';
import { requestHash, storedKey, uuid7 } from '../ids.js';
import { partitionOf } from '../partition.js';
import { writeRecord } from '../record.js';

/** What to change of a plain entry. */
export interface EntryOptions {
  readonly expected?: number;
  /** How many events. */
  readonly count?: number;
  readonly key?: string;
  readonly request?: string;
  readonly text?: string;
}

/** An entry of a stream of the tests' own: one event of guanxi.test.v1.Happened. */
export const entryOf = (id: string = randomUUID(), { expected = 0, count = 1, key, request = 'first', text = 'x' }: EntryOptions = {}): Entry => ({
  stream: { id, type: 'thing', key: id, partition: partitionOf(id, 24) },
  expected,
  events: Array.from({ length: count }, (_, n) => {
    const event = { id: uuid7(), type: 'guanxi.test.v1.Happened' };
    const version = expected + n + 1;
    const halves = writeRecord({
      ...event,
      source: '/guanxi/test',
      subject: `thing/${id}`,
      streamversion: version,
      schemaversion: 1,
      data: { text },
    });
    return { ...event, ...halves };
  }),
  ...(key === undefined ? {} : { key: storedKey('op-17', key), hash: requestHash('guanxi.test.v1.Do', request) }),
  answer: JSON.stringify({ id, version: expected + count }),
});

/** Asks the database at `url` once. */
export const ask = async <R extends object>(url: string, text: string, values: unknown[] = []): Promise<R[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
};
