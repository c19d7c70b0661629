import { randomUUID } from 'node:crypto';
import { account } from '@guanxi/accounts/account.decider';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import { loader } from '@guanxi/event-sourcing/loader';
import { snapshotEvery, snapshots } from '@guanxi/event-sourcing/snapshots';
import { openPool } from '@guanxi/event-sourcing/pool';
import type { Bench } from '../database.ts';
import { closedLoop, interleave, type Variant } from '../harness.ts';
import { printMeasured, type Figure } from '../report.ts';

const lengths = [10, 1_000, 10_000];
const streamsOfLength = 20;

/** Writes a stream of an account whose source changed again and again, by plain SQL: what counts here is reading. */
const writeStream = (id: string, length: number): [string, unknown[]] => [
  `with new as (insert into streams values ($1, 'account', $1, $2))
   insert into events select (select coalesce(max(position), 0) from events) + v, $1, v, t, $1, 0, now(),
     json_build_object('specversion', '1.0', 'id', gen_random_uuid(), 'source', '/guanxi/accounts', 'type', t, 'subject', 'account/' || $1, 'time', '2026-11-22T08:00:00.000Z',
       'datacontenttype', 'application/json', 'streamversion', v, 'schemaversion', 1, 'data', case when v = 1
       then json_build_object('accountId', $1, 'kind', 'PERSON', 'displayName', 'Wang', 'segmentId', 'default', 'lifecycle', 'POTENTIAL')
       else json_build_object('source', 'source ' || v) end)
     from (select v, case when v = 1 then 'guanxi.accounts.v1.AccountRegistered' else 'guanxi.accounts.v1.ProfileUpdated' end t from generate_series(1, $2::int) v) x`,
  [id, length],
];

/** Row 6 of performance.md §11: a cold load costs the same whatever the stream's length. */
export const loadRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const pool = openPool(await bench.create('load'), { name: 'bench', transactionTimeout: 60_000 });
  await applySchema(pool);
  const load = loader(pool);
  const kept = snapshots(pool);
  const variants: Variant[] = [];
  for (const length of lengths) {
    const ids = Array.from({ length: streamsOfLength }, () => randomUUID());
    for (const id of ids) {
      await pool.query(...writeStream(id, length));
      // As the executor does while the stream grows: the last snapshot is at most `snapshotEvery` events old.
      const folded = await load(account, id);
      if (length > snapshotEvery) kept.offer(account, id, { ...folded, version: length, snapshot: 0 });
    }
    let turn = 0;
    variants.push({
      name: `cold load, ${length.toLocaleString('en')} events, 1 in flight`,
      pids: bench.pids,
      run: (ms) => closedLoop(1, ms, () => load(account, ids[turn++ % ids.length] ?? '')),
    });
  }
  await kept.close();
  await pool.query('vacuum analyze');
  const measured = await interleave(variants, { rounds });
  await pool.end();
  printMeasured(measured);
  const [short, long, longest] = measured;
  if (!short || !long || !longest) throw new Error('a variant is missing');
  return [
    { row: '6', what: 'p99 of a cold load, 1,000 events ÷ 10 events', value: long.p99 / short.p99, gate: 2, stretch: 1.2, atLeast: false },
    { row: '6', what: 'p99 of a cold load, 10,000 events ÷ 10 events', value: longest.p99 / short.p99, gate: 2, stretch: 1.2, atLeast: false },
  ];
};
