import { setTimeout as sleep } from 'node:timers/promises';
import { accounts } from '@guanxi/accounts/accounts.module';
import { Client } from 'pg';
import { randomOf, type Random } from '../../demo/random.ts';
import { compareViews } from '../refold.ts';
import { operate, type Operated } from './operator.ts';
import { startPair, type Pair } from './pair.ts';
import { preload } from './preload.ts';
import { traffic, type Traffic } from './traffic.ts';
import { watchTruth } from './truth.ts';

/** How long and how often. */
export interface Drill {
  readonly kills: number;
  readonly seed: string;
  /** How many there are before the first kill, about. */
  readonly events: number;
}

interface Killed {
  readonly each: number[];
  /** While a generation was being filled. */
  filling: number;
  longestStartMs: number;
}

const number = async (client: Client, sql: string): Promise<number> => Number((await client.query<{ n: string }>(sql)).rows[0]?.n);

const isFilling = async (client: Client): Promise<boolean> =>
  (await number(client, `select count(*) as n from checkpoints where state = 'filling'`)) > 0;

const killAgainAndAgain = async (pair: Pair, random: Random, client: Client, most: number): Promise<Killed> => {
  const killed: Killed = { each: [0, 0], filling: 0, longestStartMs: 0 };
  const kill = async (replica: number): Promise<void> => {
    const filling = await isFilling(client);
    await pair.kill(replica);
    killed.each[replica] = (killed.each[replica] ?? 0) + 1;
    if (filling) killed.filling++;
  };
  const total = (): number => killed.each.reduce((sum, n) => sum + n, 0);
  while (total() < most) {
    await sleep(random.whole(50, 800));
    // Most often in the middle of a filling, which is over soon.
    for (const end = Date.now() + 2_000; random.chance(90) && Date.now() < end && !(await isFilling(client)); await sleep(10));
    await sleep(random.whole(0, 200));
    const first = random.whole(0, 1);
    const victims = random.chance(20) && total() + 2 <= most ? [first, 1 - first] : [first];
    await Promise.all(victims.map(kill));
    process.stdout.write(`\r  ${total()} kills, ${killed.filling} of them while a view was being filled   `);
    const began = performance.now();
    // Some fall again before they stand, the other one meanwhile.
    if (!random.chance(15)) await Promise.all(victims.map((it) => pair.untilUp(it)));
    killed.longestStartMs = Math.max(killed.longestStartMs, performance.now() - began);
  }
  console.log();
  await Promise.all([pair.untilUp(0), pair.untilUp(1)]);
  return killed;
};

const orphans = /* sql */ `
  select count(*) as n from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname ~ '_v[0-9]+_g[0-9]+$'
    and not exists (select from checkpoints where name = relname)`;
const lost = /* sql */ `select count(*) as n from checkpoints where name ~ '_v[0-9]+_g[0-9]+$' and to_regclass(name) is null`;
// An account has its first order once, and a policy makes it ACTUAL then.
const twice = /* sql */ `
  select (select count(distinct key) from events where type = 'guanxi.accounts.v1.OrderRecorded')
    - (select count(*) from events where type = 'guanxi.accounts.v1.LifecycleChanged') as n`;
const behind = /* sql */ `
  select (select coalesce(max(position), 0) from events) - min(position) as n from checkpoints where state = 'live' and name ~ '_v[0-9]+_g[0-9]+$'`;

const rule = (holds: boolean, text: string, faults: readonly string[] = []): boolean => {
  console.log(`  ${holds ? 'holds ' : 'BROKEN'}  ${text}`);
  for (const fault of holds ? [] : faults.slice(0, 8)) console.log(`            ${fault}`);
  return holds;
};

const verify = async (pair: Pair, client: Client, seen: Traffic, done: Operated): Promise<boolean[]> => {
  for (const end = Date.now() + 30_000; (await number(client, behind)) > 0 && Date.now() < end;) await sleep(50);
  const views = await compareViews(pair.url, accounts);
  const broken = views.filter((it) => it.different.length > 0).map((it) => `${it.view}: ${it.different.join(', ')}`);
  const [tables, checkpoints, policies] = [await number(client, orphans), await number(client, lost), await number(client, twice)];
  return [
    rule(seen.failed.length === 0, `no call of ${seen.commands + seen.reads} failed on a living process`, [...seen.failed, ...pair.errors()]),
    rule(
      seen.stale.length === 0,
      `no read of ${seen.reads} went back, or missed what the live generation held or a command had waited for`,
      seen.stale,
    ),
    rule(done.failed.length === 0, `no operator's call failed, and no row of ${done.compared.length} comparisons differed`, done.failed),
    rule(broken.length === 0, `${views.length} views, ${views.reduce((sum, it) => sum + it.rows, 0)} rows, equal a fold from the start`, broken),
    rule(tables === 0 && checkpoints === 0, 'no table without a checkpoint, no checkpoint without a table', [`${tables} and ${checkpoints}`]),
    rule(policies === 0, 'a policy acted once on each event that it answers to', [`${policies} too few`]),
  ];
};

/** Runs the drill and prints what came of it. @returns how many rules are broken */
export const drill = async ({ kills, seed, events }: Drill): Promise<number> => {
  const seen: Traffic = { commands: 0, reads: 0, late: 0, cutOff: 0, longestReadMs: 0, failed: [], stale: [] };
  const done: Operated = { asked: new Map(), swaps: new Set(), compared: [], failed: [] };
  const random = (part: string): Random => randomOf(`${seed} ${part}`);
  const pair = await startPair();
  const client = new Client(pair.url);
  await client.connect();
  try {
    const truth = await watchTruth(pair.url);
    const written = await preload(pair, events);
    console.log(`  ${written} events to begin with`);
    const began = performance.now();
    let operating = true;
    let going = true;
    const moving = traffic(pair, truth, random('traffic'), seen, () => going);
    const rebuilding = operate(pair, random('operator'), done, () => operating);
    const killed = await killAgainAndAgain(pair, random('kills'), client, kills);
    operating = false;
    await rebuilding;
    // What could not be dropped while somebody had a hand on it, a start drops.
    await pair.kill(0);
    await pair.untilUp(0);
    going = false;
    await moving;
    await truth.stop();
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    console.log(`\nAfter ${killed.each.join(' + ')} kills of two processes, ${killed.filling} while a view was being filled, in ${seconds} s:`);
    console.log(`  ${[...done.asked].map(([name, n]) => `${name} ${n}`).join(', ')}; ${done.swaps.size} generations seen live`);
    console.log(`  ${seen.commands} commands, ${seen.reads} reads, the longest ${seen.longestReadMs.toFixed(0)} ms; ${seen.cutOff} calls cut off;`);
    console.log(
      `  ${seen.late} commands that were answered without their views, which were a second behind; the longest start ${killed.longestStartMs.toFixed(0)} ms`,
    );
    return (await verify(pair, client, seen, done)).filter((it) => !it).length;
  } finally {
    await client.end();
    await pair.stop();
  }
};
