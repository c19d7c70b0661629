import { account } from '@guanxi/accounts/account.decider';
import { accountView } from '@guanxi/accounts/account.view';
import { openAppender } from '@guanxi/event-sourcing/appender';
import { contractsOf } from '@guanxi/event-sourcing/interpret';
import { loader } from '@guanxi/event-sourcing/loader';
import { readPage } from '@guanxi/event-sourcing/page';
import { openPool } from '@guanxi/event-sourcing/pool';
import { readRecord } from '@guanxi/event-sourcing/record';
import type { Bench } from '../database.ts';
import { entryFor } from '../entries.ts';
import { each, grown, type Grown } from '../grown.ts';
import { closedLoop, interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { printMeasured, type Figure } from '../report.ts';

const lanes = 8;
const small = 10_000;
const contracts = contractsOf({ name: 'accounts', deciders: [account], views: [accountView] });
const reading = { contracts, read: readRecord, limit: 1_000, types: [...contracts.payloads.keys()] };

const any = (below: number): number => Math.floor(Math.random() * below);
const label = ({ events }: Grown, what: string): string => `${what}, of ${events.toLocaleString('en')} events`;

/** Reads of streams and pages anywhere in a history, through what the service itself uses. */
const reads = (it: Grown, pids: () => readonly number[]) => {
  const pool = openPool(it.url, { name: 'bench', transactionTimeout: 60_000 });
  const load = loader(pool);
  const loading = (what: string, kept: 0 | 1): Variant => ({
    name: label(it, what),
    pids,
    run: (ms) =>
      closedLoop(lanes, ms, async () => {
        const { version } = await load(account, it.idOf(2 * any(it.streams / 2) + kept));
        if (version !== each) throw new Error(`a stream has version ${version}`);
      }),
  });
  const replay: Variant = {
    name: label(it, 'replay, pages of 1,000, decoded'),
    pids,
    run: async (ms) => {
      let done = 0;
      for (const end = performance.now() + ms; performance.now() < end;) {
        const page = await readPage(pool, { position: any(it.events - reading.limit), seq: 0 }, reading);
        done += page.events.length;
      }
      return { done };
    },
  };
  return { variants: [loading('load one row', 1), loading('load 10 events', 0), replay], end: () => pool.end() };
};

/** One event each on streams anywhere in a history; no two lanes meet on one. */
const appends = (it: Grown, pids: () => readonly number[]) => {
  const appender = openAppender(it.url);
  const versions = new Map<string, number>();
  const variant: Variant = {
    name: label(it, `append 1 event, ${lanes} in flight`),
    pids,
    run: (ms) =>
      closedLoop(lanes, ms, async (lane) => {
        const id = it.idOf(lanes * any(it.streams / lanes) + lane);
        const version = versions.get(id) ?? each;
        const { verdict } = await appender.append(entryFor(id, version));
        if (verdict !== 'done') throw new Error(`the append answered ${verdict}`);
        versions.set(id, version + 1);
      }),
  };
  return { variant, end: () => appender.close() };
};

/**
 * Rows 13 and 14 of performance.md §11: what a history of `events` costs against one of 10,000, both at hand and in turn. Reads come
 * first, and appends are short, so that the small one stays small.
 */
export const growthRows = async (bench: Bench, rounds: number, events = 10_000_000): Promise<Figure[]> => {
  const both = [await grown(bench, 'small', small), await grown(bench, 'large', events)];
  const [few, many] = both.map((it) => reads(it, bench.pids));
  if (!few || !many) throw new Error('a history is missing');
  const read = await interleave(
    few.variants.flatMap((it, n) => [it, many.variants[n] ?? it]),
    { rounds },
  );
  await Promise.all([few.end(), many.end()]);
  const writers = both.map((it) => appends(it, bench.pids));
  // After a checkpoint the first change of a page writes all of it to the log; the small history's few pages have that behind them at once.
  await writers[1]?.variant.run(10_000);
  const written = await interleave(
    writers.map((it) => it.variant),
    { rounds: 2 * rounds, ms: 500, warm: 200 },
  );
  await Promise.all(writers.map((it) => it.end()));
  printMeasured([...read, ...written]);
  const [row, rowOfMany, ten, tenOfMany, page, pageOfMany] = read as [Measured, Measured, Measured, Measured, Measured, Measured];
  const [append, appendToMany] = written as [Measured, Measured];
  const grew = `10,000 → ${events.toLocaleString('en')} events`;
  return [
    { row: '13', what: `CPU of an append, ${grew}`, value: ratio(appendToMany, append, 'cpus'), gate: 1.25, stretch: 1.15, atLeast: false },
    { row: '14', what: `rate of replay, ${grew}`, value: ratio(pageOfMany, page), gate: 0.75, stretch: 0.85 },
    { row: '14', what: `rate of one-row loads, ${grew}`, value: ratio(rowOfMany, row), gate: 0.65, stretch: 0.85 },
    { row: '14', what: `rate of loads of 10 events, ${grew}`, value: ratio(tenOfMany, ten), gate: 0.65, stretch: 0.85 },
  ];
};
