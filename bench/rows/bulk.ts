import { randomUUID } from 'node:crypto';
import { openAppender } from '@guanxi/event-sourcing/appender';
import { copyIn, copyLine } from '@guanxi/event-sourcing/copy.in';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import pg from 'pg';
import type { Bench } from '../database.ts';
import { entryFor } from '../entries.ts';
import { interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { plainTable } from '../probes.ts';
import { printMeasured, type Figure } from '../report.ts';

/** One import brings streams of so many events, and so many streams are under way at once. */
const each = 10;
const lanes = 128;
/** Half of them: while one half is being written, the other makes its texts. */
const group = lanes / 2;
const events = 51_200;

/** Probe C: COPY FROM of as many of the same records into one plain table with its two indexes, from text that lies ready. */
const probeC = async (url: string, pids: () => readonly number[]): Promise<Variant & { end: () => Promise<void> }> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(plainTable);
  const pieces = Array.from({ length: events / 200 }, () =>
    Array.from({ length: 200 / each }, () => {
      const { stream, events: made } = entryFor(randomUUID(), 0, each);
      return made
        .map(({ type, head, tail }, n) => copyLine([stream.id, String(n + 1), type, `${head}2026-11-22T08:00:00.000Z${tail}`, '{}']))
        .join('');
    }).join(''),
  );
  return {
    name: 'C  COPY FROM of the same records, one connection',
    pids,
    run: async () => {
      await client.query('truncate plain');
      await copyIn(client, 'plain (stream, version, type, data, meta)', pieces);
      return { done: events };
    },
    end: () => client.end(),
  };
};

/** Row 15 of performance.md §11: whole streams through the event store's own door, against COPY. */
export const bulkRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const url = await bench.create('bulk');
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  await applySchema(pool);
  const appender = openAppender(url, { group });
  const c = await probeC(await bench.create('copied'), bench.pids);
  let written = 0;
  const one = async (): Promise<void> => {
    const { verdict } = await appender.append(entryFor(randomUUID(), 0, each));
    if (verdict !== 'done') throw new Error(`the append answered ${verdict}`);
    written += each;
  };
  const lane = async (share: number): Promise<void> => {
    for (let n = 0; n < share; n++) await one();
  };
  const run = async (): Promise<{ done: number }> => {
    await Promise.all(Array.from({ length: lanes }, () => lane(events / each / lanes)));
    return { done: events };
  };
  const measured = await interleave(
    [c, { name: `import of streams of ${each} events, versions and keys checked, ${lanes} in flight`, pids: bench.pids, run }],
    {
      rounds,
    },
  );
  const { rows } = await pool.query<{ n: string; last: string }>('select count(*) n, max(position) last from events');
  if (Number(rows[0]?.n) !== written || Number(rows[0]?.last) !== written) throw new Error('not all of it is there');
  await Promise.all([appender.close(), c.end(), pool.end()]);
  printMeasured(measured);
  const [copied, imported] = measured as [Measured, Measured];
  return [{ row: '15', what: 'bulk import with version check ÷ C (COPY FROM)', value: ratio(imported, copied), gate: 0.6, stretch: 0.9 }];
};
