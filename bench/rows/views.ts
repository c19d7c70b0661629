import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { account } from '@guanxi/accounts/account.decider';
import { accountView } from '@guanxi/accounts/account.view';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { ensureViews } from '@guanxi/event-sourcing/view.ensure';
import { createTable, viewTable } from '@guanxi/event-sourcing/view.table';
import { startViews } from '@guanxi/event-sourcing/views';
import { openPool } from '@guanxi/event-sourcing/pool';
import pg from 'pg';
import type { Bench } from '../database.ts';
import { median } from '../harness.ts';
import type { Figure } from '../report.ts';

const keys = 20_000;
const events = 60_000;

const definition: ServiceDefinition = { name: 'accounts', deciders: [account], views: [accountView] };

/** Profiles of 20,000 accounts changed in random order, by plain SQL: what counts here is folding. */
const history = `
  insert into events
  select n, id, v, t, id, 0, '2026-11-22T08:00:00Z', json_build_object('specversion', '1.0', 'id', gen_random_uuid(), 'source', '/guanxi/accounts', 'type', t,
    'subject', 'account/' || id, 'time', '2026-11-22T08:00:00.000Z', 'datacontenttype', 'application/json', 'streamversion', v, 'schemaversion', 1, 'customer', id,
    'data', case when v = 1 then json_build_object('accountId', id, 'kind', 'PERSON', 'displayName', 'Customer ' || n, 'segmentId', 'default', 'lifecycle', 'POTENTIAL')
            else json_build_object('source', 'source ' || n) end)
  from (select row_number() over (order by r) n, id, row_number() over (partition by id order by r)::int v,
          case when row_number() over (partition by id order by r) = 1 then 'guanxi.accounts.v1.AccountRegistered' else 'guanxi.accounts.v1.ProfileUpdated' end t
        from (select id, random() r from (select gen_random_uuid() id from generate_series(1, ${keys})) k, generate_series(1, ${events / keys}) c) x) y`;

/** Seconds until a fresh generation of the view holds the whole history. */
const catchUp = async (url: string): Promise<number> => {
  const pool = openPool(url, { name: 'bench', transactionTimeout: 60_000 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('drop view if exists accounts cascade; delete from checkpoints');
  await client.query(
    `do $$ declare t text; begin for t in select relname from pg_class where relkind = 'r' and relname ~ '^accounts_v' loop execute 'drop table ' || t; end loop; end $$`,
  );
  await ensureViews(client, definition, 'postgres');
  const began = performance.now();
  const views = await startViews({ definition, url, pool, execute: () => Promise.reject(new Error('no policies here')) });
  for (;;) {
    const { rows } = await client.query<{ position: string }>(`select min(position) as position from checkpoints`);
    if (Number(rows[0]?.position) >= events) break;
    await sleep(10);
  }
  const seconds = (performance.now() - began) / 1000;
  const { rows } = await client.query<{ n: string; v: string }>(`select count(*) n, sum((row->>'version')::int) v from accounts`);
  if (Number(rows[0]?.n) !== keys || Number(rows[0]?.v) !== events) throw new Error('the view is not what its events say');
  await views.stop();
  await client.end();
  await pool.end();
  return seconds;
};

/** Rows a second of the same upsert, given ready-made values: probe F on the view's own table, 500 rows a transaction. */
const rawUpsert = async (url: string, batch: number, ms: number): Promise<number> => {
  const pool = openPool(url, { name: 'bench', transactionTimeout: 60_000, max: 1 });
  const client = await pool.connect();
  await client.query('drop table if exists raw_accounts');
  await client.query(createTable(accountView, 'raw_accounts'));
  await client.query('create table if not exists raw_checkpoint (position bigint); insert into raw_checkpoint values (0)');
  const table = viewTable(accountView, 'raw_accounts');
  const ids = Array.from({ length: keys }, () => randomUUID());
  const rowOf = (accountId: string): Record<string, unknown> => ({
    ...{
      accountId,
      kind: 'PERSON',
      displayName: 'Customer 12345',
      externalRefs: [],
      lifecycle: 'POTENTIAL',
      segmentId: 'default',
      tags: [],
      trade: [],
    },
    ...{ version: 2, createdAt: '2026-11-22T08:00:00.000Z', updatedAt: '2026-11-22T08:00:00.000Z', source: 'source 12345', ordersSinceLifecycle: 0 },
  });
  let done = 0;
  const began = performance.now();
  while (performance.now() - began < ms) {
    const chosen = new Set(Array.from({ length: batch }, () => ids[Math.floor(Math.random() * keys)] ?? ''));
    await client.query('begin');
    await client.query('set local synchronous_commit = off');
    await client.query({ ...table.upsert, values: table.values([...chosen].map((key) => ({ key, position: 1, row: rowOf(key) }))) });
    await client.query('update raw_checkpoint set position = position + 1');
    await client.query('commit');
    done += chosen.size;
  }
  const rate = (done / (performance.now() - began)) * 1000;
  client.release();
  await pool.end();
  return rate;
};

/** Row 8 of performance.md §11: a view that catches up, random keys, checkpoint in the same transaction. */
export const viewRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const url = await bench.create('views');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await applySchema(client);
  await client.query(history);
  await client.query('vacuum analyze');
  await client.end();
  const [ours, raw, single]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    raw?.push(await rawUpsert(url, 500, 1_500));
    ours?.push(events / (await catchUp(url)));
    single?.push(await rawUpsert(url, 1, 1_500));
  }
  const [o = [], f = [], s = []] = [ours, raw, single];
  for (const [name, rates] of [
    ['the view catches up', o],
    ['F  raw folded upsert of 500 on the same table', f],
    ['one row a transaction', s],
  ] as const)
    console.log(`    ${name.padEnd(58)}${`${Math.round(median(rates)).toLocaleString('en')}/s`.padStart(12)}`);
  const against = (other: readonly number[]): number => median(o.map((rate, i) => rate / (other[i] ?? NaN)));
  return [
    { row: '8', what: 'a view catching up, random keys ÷ F', value: against(f), gate: 0.8, stretch: 1.5 },
    { row: '8', what: 'a view catching up ÷ one row a transaction', value: against(s), gate: 25 },
  ];
};
