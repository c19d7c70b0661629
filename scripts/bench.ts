import { parseArgs } from 'node:util';
import { startBenchPostgres } from '../bench/database.ts';
import { missed, printFigures, type Figure } from '../bench/report.ts';
import { compile, generate } from './compile.ts';
import { startHouse } from './drill/house.ts';
import { run, Trouble } from './trouble.ts';

type Row = (rounds: number, events?: number) => Promise<Figure[]>;

const onPostgres =
  (module: string, name: string): Row =>
  async (rounds, events) => {
    const bench = await startBenchPostgres();
    try {
      const rows = (await import(module)) as Record<string, (it: typeof bench, rounds: number, events?: number) => Promise<Figure[]>>;
      return (await rows[name]?.(bench, rounds, events)) ?? [];
    } finally {
      await bench.stop();
    }
  };

const inHouse =
  (module: string, name: string): Row =>
  async (rounds) => {
    const house = await startHouse();
    try {
      const rows = (await import(module)) as Record<string, (it: typeof house, rounds: number) => Promise<Figure[]>>;
      return (await rows[name]?.(house, rounds)) ?? [];
    } finally {
      await house.stop();
    }
  };

/** What can be measured, in the order in which it is. */
const parts: Readonly<Record<string, Row>> = {
  append: onPostgres('../bench/rows/append.ts', 'appendRows'),
  load: onPostgres('../bench/rows/load.ts', 'loadRows'),
  views: onPostgres('../bench/rows/views.ts', 'viewRows'),
  rebuild: onPostgres('../bench/rows/rebuild.ts', 'rebuildRows'),
  bulk: onPostgres('../bench/rows/bulk.ts', 'bulkRows'),
  visible: onPostgres('../bench/rows/visible.ts', 'visibleRows'),
  command: inHouse('../bench/rows/command.ts', 'commandRows'),
  door: inHouse('../bench/rows/door.ts', 'doorRows'),
  watched: inHouse('../bench/rows/watched.ts', 'watchedRows'),
  'opt-outs': inHouse('../bench/rows/opt-outs.ts', 'optOutRows'),
  kafka: onPostgres('../bench/rows/kafka.ts', 'kafkaRows'),
  buses: async (rounds) => (await import('../bench/rows/buses.ts')).busRows(rounds),
  // Minutes and 20 GB of disk: only where it is named.
  growth: onPostgres('../bench/rows/growth.ts', 'growthRows'),
  verify: async (rounds) => (await import('../bench/rows/verify.ts')).verifyRows(rounds),
};

await run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, events: { type: 'string' } },
  });
  const unknown = positionals.find((name) => !(name in parts));
  if (unknown) throw new Trouble(`There is no part ${unknown}. The parts are ${Object.keys(parts).join(', ')}.`);
  await generate();
  await compile();
  const figures: Figure[] = [];
  for (const [name, row] of Object.entries(parts)) {
    if (positionals.length ? !positionals.includes(name) : name === 'growth') continue;
    console.log(`\n${name}`);
    const found = await row(Number(values.rounds), values.events === undefined ? undefined : Number(values.events));
    printFigures(found);
    figures.push(...found);
  }
  const below = missed(figures);
  console.log(
    `\n${figures.length} figures, ${below.length} past their gate by more than a fifth${below.length ? `: rows ${[...new Set(below.map((it) => it.row))].join(', ')}` : ''}.`,
  );
  return below.length ? 1 : 0;
});
