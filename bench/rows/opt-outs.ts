import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, quantile } from '../harness.ts';
import type { Figure } from '../report.ts';
import type { DrillHouse } from '../../scripts/drill/house.ts';

const hearers = ['accounts', 'interactions', 'complaints', 'loyalty'] as const;
const perSecond = 100;
const seconds = 4;
const most = 30_000;

/** When each customer's refusal was sent, and when it was answered and seen; ms of one clock. */
interface Told {
  readonly sent: number;
  answered?: number;
}

/** Looks for the rows of customers that were not seen yet, again and again, until all are. Each look takes about 1 ms. */
const watch = async (url: string, told: ReadonlyMap<string, Told>, all: Promise<unknown>): Promise<number[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const seen = new Map<string, number>();
  let sending = true;
  void all.finally(() => (sending = false));
  try {
    for (const end = performance.now() + seconds * 1000 + most; sending || seen.size < told.size; await sleep(1)) {
      if (performance.now() > end) throw new Error(`${told.size - seen.size} of ${told.size} opt-outs were not seen within ${most / 1000} s`);
      const open = [...told.keys()].filter((id) => !seen.has(id));
      if (open.length === 0) continue;
      const { rows } = await client.query<{ key: string }>({
        name: 'seen',
        text: 'select key::text from opt_outs where key = any($1::uuid[])',
        values: [open],
      });
      const now = performance.now();
      for (const { key } of rows) seen.set(key, now - (told.get(key)?.sent ?? NaN));
    }
    return [...seen.values()];
  } finally {
    await client.end();
  }
};

/** One round: customers refuse at a steady rate, whatever the answers take. Times from the wish, by who saw it. */
const round = async (house: DrillHouse, authorization: string): Promise<ReadonlyMap<string, readonly number[]>> => {
  const told = new Map<string, Told>();
  const set = async (accountId: string, it: Told): Promise<void> => {
    const answer = await fetch(`${house.url}/v1/opt-outs`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ accountId, optOut: 'DIRECT_MARKETING', on: true, channel: 'WEB' }),
    });
    if (!answer.ok) throw new Error(`an opt-out was answered with ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    it.answered = performance.now();
  };
  const sendAll = async (): Promise<void> => {
    const began = performance.now();
    const open: Promise<void>[] = [];
    for (let n = 0; n < perSecond * seconds; n++) {
      const due = began + (n * 1000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      const [id, it] = [randomUUID(), { sent: due }];
      told.set(id, it);
      open.push(set(id, it));
    }
    await Promise.all(open);
  };
  const all = sendAll();
  const [, seen] = await Promise.all([all, Promise.all(hearers.map((name) => watch(house.database(name), told, all)))]);
  const answered = [...told.values()].map((it) => (it.answered ?? NaN) - it.sent);
  return new Map<string, readonly number[]>([['answered', answered], ...hearers.map((name, n) => [name, seen[n] ?? []] as const)]);
};

/** F2 (domain.md C.7): how long after a customer refuses a use every other service holds it in its own `opt_outs`, over the bus. The promise is a minute. */
export const optOutRows = async (house: DrillHouse, rounds: number): Promise<Figure[]> => {
  const authorization = `Bearer ${await house.token()}`;
  await round(house, authorization);
  const measured: ReadonlyMap<string, readonly number[]>[] = [];
  for (let n = 0; n < rounds; n++) measured.push(await round(house, authorization));
  const of = (name: string, q: number): number => median(measured.map((it) => quantile(it.get(name) ?? [], q)));
  for (const name of ['answered', ...hearers]) {
    const what = name === 'answered' ? 'SetOptOut answered' : `seen in ${name}`;
    console.log(`    ${what.padEnd(58)}  p50 ${of(name, 0.5).toFixed(2)} p99 ${of(name, 0.99).toFixed(2)} ms`);
  }
  const last = (q: number): number => Math.max(...hearers.map((name) => of(name, q)));
  return [
    { row: 'F2', what: `an opt-out is held by every service at ${perSecond}/s, p50 of the last, ms`, value: last(0.5) },
    { row: 'F2', what: 'the same, p99, ms', value: last(0.99), gate: 60_000, atLeast: false },
  ];
};
