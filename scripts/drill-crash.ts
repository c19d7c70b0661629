import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { brokenRules } from '@guanxi/event-sourcing/testing/history.check';
import { figure } from './drill/history.ts';
import { startHouse, type DrillHouse } from './drill/house.ts';
import { compareViews } from './drill/refold.ts';
import { compile, generate } from './compile.ts';
import { run, Trouble } from './trouble.ts';

const data = join(import.meta.dirname, '../../shared/data/purchases_cdnow');

interface Reference {
  readonly customers: number;
  readonly orders: number;
  readonly quantity: number;
  readonly amount_total: string;
}

interface Summary {
  readonly total: number;
  readonly trade: readonly {
    readonly currency: string;
    readonly accounts: number;
    readonly orders: number;
    readonly quantity: string;
    readonly amountMinor: string;
  }[];
}

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
  for (let done = 0; done < most && going();) {
    // Long enough for the import to get on in between, short enough to hit what has hardly begun.
    await sleep(500 + chance() * 5_000);
    if (!going()) break;
    const { processes, postgres } = house.run();
    const all = [...processes.map(({ name, pid }) => ({ name, pid })), ...(postgres ? [{ name: 'PostgreSQL', pid: postgres.pid }] : [])];
    const victim = all[Math.floor(chance() * all.length)];
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

const rule = (holds: boolean, what: string): boolean => {
  console.log(`  ${holds ? 'holds ' : 'BROKEN'}  ${what}`);
  return holds;
};

const totals = async (house: DrillHouse, reference: Reference): Promise<boolean[]> => {
  const answer = await fetch(`${house.url}/v1/accounts:summary`, { headers: { authorization: `Bearer ${await house.token()}` } });
  const { total, trade } = (await answer.json()) as Summary;
  const usd = trade.find(({ currency }) => currency === 'USD');
  const amount = (BigInt(usd?.amountMinor ?? 0) / 100n).toString() + '.' + (BigInt(usd?.amountMinor ?? 0) % 100n).toString().padStart(2, '0');
  return [
    rule(total === reference.customers, `customers ${total} = reference ${reference.customers}`),
    rule(usd?.orders === reference.orders, `orders ${usd?.orders} = reference ${reference.orders}`),
    rule(Number(usd?.quantity) === reference.quantity, `quantity ${usd?.quantity} = reference ${reference.quantity}`),
    rule(amount === reference.amount_total, `amount ${amount} = reference ${reference.amount_total}`),
  ];
};

const verify = async (house: DrillHouse, reference: Reference): Promise<boolean[]> => {
  const held = await totals(house, reference);
  const orders = `select coalesce(sum((row->>'orders')::bigint), 0) from complaint_rates`;
  held.push(rule((await figure(house.database('complaints'), orders)) === reference.orders, 'complaints counted every order once, over the bus'));
  const owned = await figure(house.database('accounts'), 'select max(position) from events');
  const heard = await figure(house.database('complaints'), `select count(*) from received where source = 'accounts'`);
  held.push(rule(owned === heard, `complaints received ${heard} of ${owned} events of accounts`));
  const definitions: [string, ServiceDefinition][] = [
    ['accounts', (await import('@guanxi/accounts/accounts.module')).accounts],
    ['complaints', (await import('@guanxi/complaints/complaints.module')).complaints],
  ];
  for (const [name, definition] of definitions) {
    const broken = await brokenRules(house.database(name));
    held.push(rule(broken.length === 0, `${name}: positions, versions, times, ids, received${broken.length ? `: ${broken.join('; ')}` : ''}`));
    for (const { view, rows, different } of await compareViews(house.database(name), definition))
      held.push(
        rule(
          different.length === 0,
          `${name}: view ${view} (${rows} rows) equals a fold from the start${different.length ? `; not ${different.join(', ')}` : ''}`,
        ),
      );
  }
  return held;
};

await run(async () => {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, kills: { type: 'string', default: '30' } },
  });
  if (!existsSync(data)) throw new Trouble(`The drill imports the CDNOW data, and ${data} is not there.`);
  const reference = JSON.parse(readFileSync(join(data, 'reference.json'), 'utf8')) as Reference;
  const wanted = Number(values.kills);
  console.log(`Crash drill, seed ${values.seed}: SIGKILL to services, gateway and PostgreSQL while CDNOW is imported.`);
  await generate();
  await compile();
  const house = await startHouse();
  const began = performance.now();
  const args = ['orders', join(data, 'CDNOW_master.txt.gz'), '--mapping', 'docs/imports/cdnow.json'];
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
    const held = [rule(last.code === 0, 'the import runs again and ends with 0'), ...(await verify(house, reference))];
    const broken = held.filter((it) => !it).length;
    console.log(`${held.length - broken} rules hold, ${broken} are broken`);
    return broken ? 1 : 0;
  } finally {
    await house.stop();
  }
});
