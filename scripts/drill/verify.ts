import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { sourcesOf } from '@guanxi/service-kit/bus.side';
import { brokenRules } from '@guanxi/event-sourcing/testing/history.check';
import { definitions } from './definitions.ts';
import { figure } from './history.ts';
import type { DrillHouse } from './house.ts';
import { compareViews } from './refold.ts';

/** What an independent program found in the CDNOW data. */
export interface Reference {
  readonly customers: number;
  readonly orders: number;
  readonly quantity: number;
  readonly amount_total: string;
}

interface Summary {
  readonly total: number;
  readonly trade: readonly { readonly currency: string; readonly orders: number; readonly quantity: string; readonly amountMinor: string }[];
}

const heardWithinMs = 120_000;

/** Prints a rule and whether it holds. */
export const rule = (holds: boolean, what: string): boolean => {
  console.log(`  ${holds ? 'holds ' : 'BROKEN'}  ${what}`);
  return holds;
};

const same = (what: string, found: number | string | undefined, wanted: number | string): boolean =>
  rule(String(found) === String(wanted), `${what}: ${found} = ${wanted}`);

const totals = async (house: DrillHouse, reference: Reference): Promise<boolean[]> => {
  const answer = await fetch(`${house.url}/v1/accounts:summary`, { headers: { authorization: `Bearer ${await house.token()}` } });
  const { total, trade } = (await answer.json()) as Summary;
  const usd = trade.find(({ currency }) => currency === 'USD');
  const minor = BigInt(usd?.amountMinor ?? 0);
  const amount = `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
  return [
    same('customers, as the reference says', total, reference.customers),
    same('orders', usd?.orders, reference.orders),
    same('quantity', usd?.quantity, reference.quantity),
    same('amount', amount, reference.amount_total),
  ];
};

/** A point for every whole dollar of each order. */
const pointsIn = (file: string): number =>
  gunzipSync(readFileSync(file))
    .toString()
    .split(/\r?\n/)
    .map((line) => Math.floor(Number(line.trim().split(/\s+/)[3])))
    .reduce((sum, points) => sum + (points || 0), 0);

/** What came of the orders in the other services: each effect once. */
const effects = async (house: DrillHouse, reference: Reference, file: string): Promise<boolean[]> => {
  const ask = (service: string, sql: string): Promise<number> => figure(house.database(service), sql);
  return [
    same(
      'orders that complaints counted',
      await ask('complaints', `select coalesce(sum((row->>'orders')::bigint), 0) from complaint_rates`),
      reference.orders,
    ),
    same('orders in the timelines', await ask('interactions', `select count(*) from timeline where kind = 'ORDER_RECORDED'`), reference.orders),
    same('members', await ask('loyalty', `select count(*) from memberships`), reference.customers),
    same('points', await ask('loyalty', `select coalesce(sum((row->>'balance')::bigint), 0) from points`), pointsIn(file)),
    same('data subjects', await ask('privacy', `select count(*) from data_subjects`), reference.customers),
  ];
};

/** Waits until every service has heard all; then says of each pair whether it has. */
const heard = async (house: DrillHouse): Promise<boolean[]> => {
  const until = Date.now() + heardWithinMs;
  const held: boolean[] = [];
  for (const [name, definition] of Object.entries(definitions))
    for (const source of sourcesOf(definition)) {
      const told = await figure(house.database(source), 'select coalesce(max(position), 0) from events');
      const count = (): Promise<number> => figure(house.database(name), `select count(*) from received where source = '${source}'`);
      while ((await count()) < told && Date.now() < until) await sleep(500);
      held.push(same(`${name} heard of ${source}`, await count(), told));
    }
  return held;
};

const whole = async (house: DrillHouse): Promise<boolean[]> => {
  const held: boolean[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const broken = await brokenRules(house.database(name));
    held.push(rule(broken.length === 0, `${name}: positions, versions, times, ids, received${broken.length ? `: ${broken.join('; ')}` : ''}`));
    for (const { view, rows, different } of await compareViews(house.database(name), definition)) {
      const but = different.length ? `; not ${different.join(', ')}` : '';
      held.push(rule(different.length === 0, `${name}: view ${view} (${rows} rows) equals a fold from the start${but}`));
    }
  }
  return held;
};

/** Looks at everything that must be right after the import of CDNOW, whatever was killed; prints each rule. */
export const verify = async (house: DrillHouse, reference: Reference, file: string): Promise<boolean[]> => {
  const everybody = await heard(house);
  // Views are folded within moments of what was heard; those of the last batch may still be under way.
  await sleep(3_000);
  return [...(await totals(house, reference)), ...everybody, ...(await effects(house, reference, file)), ...(await whole(house))];
};
