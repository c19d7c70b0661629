import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { account } from '@guanxi/accounts/account.decider';
import { accountView } from '@guanxi/accounts/account.view';
import { contractsOf } from '@guanxi/event-sourcing/interpret';
import { openPool } from '@guanxi/event-sourcing/pool';
import { rebuilds } from '@guanxi/event-sourcing/rebuild';
import { readRecord } from '@guanxi/event-sourcing/record';
import { beginning } from '@guanxi/event-sourcing/recorded';
import { replay } from '@guanxi/event-sourcing/replay';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { ensureViews } from '@guanxi/event-sourcing/view.ensure';
import { startViews } from '@guanxi/event-sourcing/views';
import pg from 'pg';
import type { Bench } from '../database.ts';
import { interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { writeHistory, type Shape } from '../history.ts';
import { probeD } from '../probe.copy.ts';
import { printMeasured, type Figure } from '../report.ts';

/** With three indexes beside the key, as in performance.md §4. */
const view = { ...accountView, options: { ...accountView.options, filters: ['kind', 'lifecycle', 'createdAt'], columns: {} } } as typeof accountView;
const definition: ServiceDefinition = { name: 'accounts', deciders: [account], views: [view] };
const contracts = contractsOf(definition);
/** Every event passes one. */
const upcasters = Object.fromEntries([...contracts.payloads.keys()].map((type) => [type, [(data: Record<string, unknown>) => ({ ...data })]]));

const decoded = (url: string, events: number, pids: () => readonly number[]): Variant => ({
  name: 'replay: decoded to domain events, upcast',
  pids,
  run: async () => {
    const upTo = { position: events, seq: 0 };
    const reading = { contracts, read: (text: string) => readRecord(text, upcasters), types: [...contracts.payloads.keys()] };
    let done = 0;
    for await (const piece of replay(url, reading, { from: beginning, upTo, limit: events })) done += piece.events.length;
    if (done !== events) throw new Error(`${done} events were decoded`);
    return { done };
  },
});

/** A service that has its views, and rebuilds one of them while it is live; how long its event loop was held is told by `longest`. */
const live = async (bench: Bench, name: string, shape: Shape) => {
  const url = await bench.create(name);
  const pool = openPool(url, { name: 'bench', transactionTimeout: 60_000 });
  await applySchema(pool);
  const events = await writeHistory(url, shape);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await ensureViews(owner, definition, 'postgres');
  const views = await startViews({ definition, url, pool, execute: () => Promise.reject(new Error('no policies here')) });
  while (!views.health().every((it) => it.ready && it.lagMs === 0)) await sleep(50);
  const all = rebuilds(pool, definition, () => views.lookUp());
  let longest: readonly [p99: number, most: number] = [0, 0];
  const rebuild = async (): Promise<{ done: number }> => {
    const generation = Math.max(...(await all.begin('accounts', false)).map((it) => it.generation));
    // A new one each time: it takes the time while it was disabled for a delay.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const state = { name: 'state', text: `select from checkpoints where generation = $1 and state = 'live'`, values: [generation] };
    while (!(await pool.query(state)).rowCount) await sleep(20);
    delay.disable();
    longest = [Math.max(longest[0], delay.percentile(99) / 1e6), Math.max(longest[1], delay.max / 1e6)];
    const { rows } = await owner.query<{ n: string; v: string }>(`select count(*) n, sum((row->>'version')::int) v from accounts`);
    if (Number(rows[0]?.n) !== shape.accounts || Number(rows[0]?.v) !== events) throw new Error('the view is not what its events say');
    return { done: events };
  };
  return {
    ...{ url, events, rebuild },
    longest: () => longest,
    end: async () => {
      await views.stop();
      await Promise.all([owner.end(), pool.end()]);
    },
  };
};

/** Rows 7 and 9 of performance.md §11: replay and rebuild against the server's own COPY of the same events. */
export const rebuildRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const foldable = await live(bench, 'foldable', { accounts: 20_000, each: 10, wave: 500 });
  const scattered = await live(bench, 'scattered', { accounts: 50_000, each: 4, wave: 0 });
  const { pids } = bench;
  const measured = await interleave(
    [
      probeD(foldable.url, foldable.events, pids),
      decoded(foldable.url, foldable.events, pids),
      { name: 'rebuild, 20,000 rows of 10 events', pids, run: foldable.rebuild },
      { ...probeD(scattered.url, scattered.events, pids), name: 'D  the same of events in random order' },
      { name: 'rebuild, 50,000 rows of 4 events in random order', pids, run: scattered.rebuild },
    ],
    { rounds },
  );
  printMeasured(measured);
  for (const [name, it] of Object.entries({ foldable, scattered })) {
    const [p99, most] = it.longest();
    console.log(`    event loop during the rebuilds, ${name}: p99 ${p99.toFixed(1)} ms, longest ${most.toFixed(0)} ms`);
    await it.end();
  }
  const [d, decode, folded, dRandom, random] = measured as [Measured, Measured, Measured, Measured, Measured];
  return [
    { row: '7', what: 'replay, decoded with upcasting ÷ D (COPY TO of the same events)', value: ratio(decode, d), gate: 0.6, stretch: 0.9 },
    { row: '9', what: 'rebuild of a live view, foldable ÷ D', value: ratio(folded, d), gate: 0.5, stretch: 1 },
    { row: '9', what: 'rebuild of a live view, random keys ÷ D', value: ratio(random, dRandom), gate: 0.18, stretch: 0.3 },
  ];
};
