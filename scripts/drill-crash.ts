import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startHouse, type DrillHouse } from './drill/house.ts';
import type { Reference } from './drill/verify.ts';
import { compile, generate } from './compile.ts';
import { run, Trouble } from './trouble.ts';

const data = join(import.meta.dirname, '../../shared/data/purchases_cdnow');

/** Numbers that look random and are the same for the same seed (mulberry32). */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

/** Kills one process after another, each with SIGKILL, until told to stop; lets the house come back in between. */
const killAgainAndAgain = async (house: DrillHouse, chance: () => number, most: number, going: () => boolean): Promise<Record<string, number>> => {
  const kills: Record<string, number> = {};
  // Everybody falls once before anybody falls again.
  let spared: string[] = [];
  for (let done = 0; done < most && going();) {
    // Long enough for the import to get on in between, short enough to hit what has hardly begun.
    await sleep(500 + chance() * 5_000);
    if (!going()) break;
    const { processes, postgres, kafka } = house.run();
    const below = { PostgreSQL: postgres?.pid, Kafka: kafka?.pid };
    const all = [...processes, ...Object.entries(below).flatMap(([name, pid]) => (pid === undefined ? [] : { name, pid }))];
    if (spared.length === 0) spared = all.map(({ name }) => name);
    const [chosen] = spared.splice(Math.floor(chance() * spared.length), 1);
    const victim = all.find(({ name }) => name === chosen);
    if (!victim) continue;
    try {
      process.kill(victim.pid, 'SIGKILL');
      kills[victim.name] = (kills[victim.name] ?? 0) + 1;
      done++;
      process.stdout.write(
        `\r  killed ${Object.entries(kills)
          .map(([name, n]) => `${name} ${n}`)
          .join(', ')}   `,
      );
    } catch {
      // It was being started again at that moment.
    }
    // Half of the time the next one falls before this one stands again.
    if (chance() < 0.5) await house.untilReady().catch(() => undefined);
  }
  console.log();
  return kills;
};

await run(async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      kills: { type: 'string', default: '30' },
      kafka: { type: 'boolean', default: false },
    },
  });
  if (!existsSync(data)) throw new Trouble(`The drill imports the CDNOW data, and ${data} is not there.`);
  const reference = JSON.parse(readFileSync(join(data, 'reference.json'), 'utf8')) as Reference;
  const wanted = Number(values.kills);
  const victims = ['services', 'gateway', 'PostgreSQL', ...(values.kafka ? ['Kafka'] : [])];
  console.log(`Crash drill, seed ${values.seed}: SIGKILL to ${victims.join(', ')} while CDNOW is imported and its customers are enrolled.`);
  await generate();
  await compile();
  const { rule, verify } = await import('./drill/verify.ts');
  const house = await startHouse(values.kafka ? ['--kafka'] : []);
  const began = performance.now();
  const args = ['orders', join(data, 'CDNOW_master.txt.gz'), '--mapping', 'docs/imports/cdnow.json', '--enrol'];
  let killed = 0;
  let imports = 0;
  try {
    const chance = random(Number(values.seed));
    while (killed < wanted) {
      let importing = true;
      const killing = killAgainAndAgain(house, chance, wanted - killed, () => importing);
      const { code } = await house.script('import', ...args);
      importing = false;
      imports++;
      killed += Object.values(await killing).reduce((sum, n) => sum + n, 0);
      console.log(`  import ${imports} ended with ${code}; ${killed} kills so far`);
      await house.untilReady();
    }
    const last = await house.script('import', ...args);
    console.log(last.output.trim().split('\n').slice(-12).join('\n'));
    await house.untilReady();
    console.log(`\nAfter ${killed} kills, ${imports + 1} imports and ${((performance.now() - began) / 1000).toFixed(0)} s:`);
    const held = [
      rule(last.code === 0, 'the import runs again and ends with 0'),
      ...(await verify(house, reference, join(data, 'CDNOW_master.txt.gz'))),
    ];
    const broken = held.filter((it) => !it).length;
    console.log(`${held.length - broken} rules hold, ${broken} are broken`);
    return broken ? 1 : 0;
  } finally {
    await house.stop();
  }
});
