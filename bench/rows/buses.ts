import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHouse, type DrillHouse } from '../../scripts/drill/house.ts';
import { median } from '../harness.ts';
import { cpuOf } from '../processes.ts';
import type { Figure } from '../report.ts';

const cdnow = join(import.meta.dirname, '../../../shared/data/purchases_cdnow/CDNOW_master.txt.gz');
/** Customers, memberships, orders. */
const facts = 23_570 + 23_570 + 69_659;
const idleMs = 15_000;

const say = (name: string, figure: string): void => console.log(`    ${name.padEnd(58)}  ${figure}`);

/** Facts a second by the import of CDNOW, its customers enrolled, until every view has caught up. */
const importRate = async (house: DrillHouse): Promise<number> => {
  const began = performance.now();
  const { code, output } = await house.script('import', 'orders', cdnow, '--mapping', 'docs/imports/cdnow.json', '--enrol');
  if (code !== 0) throw new Error(output);
  return facts / ((performance.now() - began) / 1000);
};

/** Cores that the processes of a house use while nobody asks for anything. */
const idle = async (house: DrillHouse): Promise<{ services: number; postgres: number; kafka: number }> => {
  const { processes, postgres, kafka } = house.run();
  const groups = { services: processes.map(({ pid }) => pid), postgres: [postgres?.pid ?? 0], kafka: [kafka?.pid ?? 0] };
  const used = (): number[] => Object.values(groups).map((pids) => cpuOf(...pids));
  const before = used();
  await sleep(idleMs);
  const [services = NaN, database = NaN, broker = NaN] = used().map((it, n) => (it - (before[n] ?? NaN)) / (idleMs / 1000));
  return { services, postgres: database, kafka: broker };
};

/** Row 18 of performance.md §11 on both buses, and the import on Kafka ÷ the import on PostgreSQL. */
export const busRows = async (rounds: number): Promise<Figure[]> => {
  const rates: Record<'postgres' | 'kafka', number[]> = { postgres: [], kafka: [] };
  const figures: Figure[] = [];
  for (let round = 0; round < rounds; round++)
    for (const bus of ['postgres', 'kafka'] as const) {
      const house = await startHouse(bus === 'kafka' ? ['--kafka'] : []);
      try {
        if (existsSync(cdnow)) rates[bus].push(await importRate(house));
        if (round > 0) continue;
        await sleep(5_000);
        const { services, postgres, kafka } = await idle(house);
        const beside = `PostgreSQL ${(postgres * 100).toFixed(1)} %${bus === 'kafka' ? `, Kafka ${(kafka * 100).toFixed(1)} %` : ''}`;
        say(`idle on the bus of ${bus}`, `services and gateway ${(services * 100).toFixed(1)} %, ${beside} of a core`);
        figures.push({
          row: '18',
          what: `all services idle, bus of ${bus}, share of one core`,
          value: services,
          gate: 0.05,
          stretch: 0.02,
          atLeast: false,
        });
      } finally {
        await house.stop();
      }
    }
  if (!existsSync(cdnow)) console.warn('SKIPPED: the CDNOW data is not beside this repository; the imports are not measured.');
  else {
    for (const bus of ['postgres', 'kafka'] as const)
      say(`facts by the import of CDNOW, enrolled, bus of ${bus}`, `${Math.round(median(rates[bus]))}/s`);
    const ratio = median(rates.kafka.map((rate, n) => rate / (rates.postgres[n] ?? NaN)));
    figures.push({ row: '–', what: 'import of CDNOW on Kafka ÷ on the PostgreSQL bus', value: ratio });
  }
  return figures;
};
