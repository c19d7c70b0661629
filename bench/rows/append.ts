import { randomUUID } from 'node:crypto';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import { openAppender } from '@guanxi/event-sourcing/appender';
import pg from 'pg';
import type { Bench } from '../database.ts';
import { entryFor } from '../entries.ts';
import { closedLoop, interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { plainTable, probeA, probeG } from '../probes.ts';
import { printMeasured, type Figure } from '../report.ts';

/** A benchmark of work that was not done says nothing. */
const checked = async (pool: pg.Pool): Promise<void> => {
  const { rows } = await pool.query<{ n: string; last: string; keys: string }>(
    'select count(*) n, max(position) last, (select count(*) from commands) keys from events',
  );
  if (rows[0]?.n !== rows[0]?.last || rows[0]?.n !== rows[0]?.keys) throw new Error('positions have gaps or keys are missing');
};

/** Rows 1, 2, 3 and 17 of performance.md §11: the append against raw inserts and against emmett, in one run. */
export const appendRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const url = await bench.create('append');
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await applySchema(pool);
  await pool.query(plainTable);
  const emmett = await probeG(await bench.create('emmett'), bench.pids);
  const appender = openAppender(url);
  const lanes = Array.from({ length: 32 }, () => ({ id: randomUUID(), version: 0 }));
  const append = async (at: { id: string; version: number }): Promise<void> => {
    const { verdict } = await appender.append(entryFor(at.id, at.version));
    if (verdict !== 'done') throw new Error(`the append answered ${verdict}`);
    at.version++;
  };
  const ours = (name: string, inFlight: number): Variant => ({
    name,
    pids: bench.pids,
    run: (ms) =>
      closedLoop(inFlight, ms, (lane) => {
        const at = lanes[lane] ?? { id: '', version: 0 };
        if (inFlight > 1 && at.version === 10) Object.assign(at, { id: randomUUID(), version: 0 });
        return append(at);
      }),
  });
  // Each entry is decided on the version after the one before, so that a group can take several of one stream.
  const hot = { id: randomUUID(), version: 0 };
  const oneStream: Variant = {
    name: 'append, 32 in flight on ONE stream',
    pids: bench.pids,
    run: (ms) =>
      closedLoop(32, ms, async () => {
        const { verdict } = await appender.append(entryFor(hot.id, hot.version++));
        if (verdict !== 'done') throw new Error(`the append answered ${verdict}`);
      }),
  };
  const measured = await interleave(
    [
      probeA(pool, bench.pids),
      ours('append, 32 in flight', 32),
      emmett,
      { ...probeA(pool, bench.pids, 1), name: 'A1 raw pg INSERT, 1 in flight' },
      ours('append, 1 in flight on one stream', 1),
      oneStream,
    ],
    { rounds },
  );
  await checked(pool);
  await appender.close();
  await emmett.close();
  await pool.end();
  printMeasured(measured);
  const [a, many, g, a1, one, hotStream] = measured as [Measured, Measured, Measured, Measured, Measured, Measured];
  return [
    { row: '1', what: 'append, 32 in flight ÷ A', value: ratio(many, a), gate: 1.2, stretch: 2.3 },
    { row: '1', what: 'append, 32 in flight ÷ G (emmett)', value: ratio(many, g), gate: 4, stretch: 8 },
    { row: '2', what: 'append, 1 in flight on one stream ÷ raw insert, 1 in flight', value: ratio(one, a1), gate: 0.65, stretch: 0.8 },
    { row: '2', what: 'its p50 ÷ the raw insert’s', value: ratio(one, a1, 'p50s'), gate: 1.5, atLeast: false },
    { row: '3', what: 'p99 of the append ÷ A’s, 32 in flight', value: ratio(many, a, 'p99s'), gate: 0.6, stretch: 0.35, atLeast: false },
    { row: '17', what: '32 writers on one stream ÷ row 2', value: ratio(hotStream, one), gate: 0.8, stretch: 3 },
  ];
};
