import { expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { openAppender } from './appender.js';
import { applySchema } from './schema.apply.js';
import { entryOf } from './testing/entries.js';

it('an append reads by key however much there is, also with a plan that was made while there was little', async () => {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await applySchema(client);
  const reads = async (): Promise<number> => {
    await client.query('select pg_stat_force_next_flush()');
    const { rows } = await client.query<{ n: string }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) as n from pg_stat_user_tables where relname in ('streams', 'commands', 'events')`,
    );
    return Number(rows[0]?.n);
  };

  const early = openAppender(database.url);
  for (const key of ['a', 'b', 'c']) await early.append(entryOf(undefined, { key }));
  await early.close();
  await client.query('analyze');
  const appender = openAppender(database.url);
  await appender.append(entryOf(undefined, { key: 'd' }));
  await client.query(`insert into streams select gen_random_uuid(), 't', gen_random_uuid(), 1 from generate_series(1, 9000)`);
  await client.query(`insert into commands select sha256(n::text::bytea), '', 1, '' from generate_series(1, 9000) n`);
  const before = await reads();
  const repeated = await appender.append(entryOf(undefined, { key: 'b' }));
  expect(repeated.verdict).toBe('repeat');
  await appender.append(entryOf(undefined, { key: 'e' }));
  // A session's numbers are told when it ends.
  await appender.close();
  expect((await reads()) - before).toBeLessThan(100);

  await client.end();
  await database.drop();
});
