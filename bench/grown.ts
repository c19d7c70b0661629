import { hash } from 'node:crypto';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import { Client } from 'pg';
import type { Bench } from './database.ts';
import { writeHistory } from './history.ts';

/** Events of a stream. */
export const each = 10;
const atOnce = 100_000;

/** A history of many streams of ten events, each scattered over as many pages; with its keys, and a snapshot of every other stream. */
export interface Grown {
  readonly url: string;
  readonly events: number;
  readonly streams: number;
  /** The id of one of them, 0..streams - 1; those that are odd have a snapshot. */
  readonly idOf: (stream: number) => string;
}

// md5 is what PostgreSQL and Node both have.
const chunkOf = (stream: number): number => Math.floor(stream / atOnce);
const idOf = (stream: number): string => {
  const text = hash('md5', `${chunkOf(stream) * atOnce * each}/${(stream % atOnce) + 1}`);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
};

const state = { registered: true, profile: { kind: 'PERSON', displayName: 'Customer', source: 'x'.repeat(300) }, lifecycle: 'POTENTIAL', tags: [] };

const rest = async (client: Client, after: number, accounts: number): Promise<void> => {
  const id = `md5(${after} || '/' || k)::uuid`;
  await client.query(`insert into streams select ${id}, 'account', ${id}, ${each} from generate_series(1, ${accounts}) k`);
  await client.query(
    `insert into snapshots select ${id}, ${each}, 1, '${JSON.stringify(state)}' from generate_series(1, ${accounts}) k where (k - 1) % 2 = 1`,
  );
  const key = `sha256(convert_to('command ' || n, 'utf8'))`;
  await client.query(`insert into commands select ${key}, ${key}, n, '{}' from generate_series(${after + 1}, ${after + accounts * each}) n`);
};

/** Fills a database by plain SQL: growth itself is not what is measured. */
export const grown = async (bench: Bench, name: string, events: number): Promise<Grown> => {
  const url = await bench.create(name);
  const client = new Client({ connectionString: url });
  await client.connect();
  await applySchema(client);
  await client.query('set synchronous_commit = off');
  const streams = events / each;
  const began = performance.now();
  for (let stream = 0; stream < streams; stream += atOnce) {
    const accounts = Math.min(atOnce, streams - stream);
    await writeHistory(url, { accounts, each, wave: 500, after: stream * each }, false);
    await rest(client, stream * each, accounts);
    if (process.stdout.isTTY) process.stdout.write(`\r    ${((stream + accounts) * each).toLocaleString('en')} events`);
  }
  await client.query('vacuum (freeze, analyze)');
  await client.query('checkpoint');
  console.log(
    `${process.stdout.isTTY ? '\r' : ''}    ${events.toLocaleString('en')} events grown in ${Math.round((performance.now() - began) / 1000)} s`,
  );
  await client.end();
  return { url, events, streams, idOf };
};
