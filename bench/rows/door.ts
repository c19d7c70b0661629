import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { plainTable, probeA } from '../probes.ts';
import { median } from '../harness.ts';
import type { Figure } from '../report.ts';
import { createDatabase } from '../house.ts';
import type { DrillHouse } from '../../scripts/drill/house.ts';

const lines = 10_000;
const cdnow = join(import.meta.dirname, '../../../shared/data/purchases_cdnow/CDNOW_master.txt.gz');
const facts = 69_659 + 23_570;

/** One file for the batch door: an account each four lines, then its three orders. */
const batch = (): string =>
  Array.from({ length: lines }, (_, n) => {
    const accountRef = { system: 'bench', id: `${run}-${Math.floor(n / 4)}` };
    const request =
      n % 4 === 0
        ? { kind: 'PERSON', displayName: accountRef.id, externalRef: accountRef }
        : {
            accountRef,
            externalRef: { system: 'bench', id: randomUUID() },
            orderedAt: '2026-11-22T08:00:00Z',
            currency: 'USD',
            lines: [{ product: 'CD', quantity: '1', amountMinor: '1177' }],
          };
    return JSON.stringify({
      command: `guanxi.accounts.v1.${n % 4 === 0 ? 'RegisterAccount' : 'RecordOrder'}`,
      idempotencyKey: randomUUID(),
      request,
    });
  }).join('\n');
let run = 0;

const throughDoor = async (house: DrillHouse, authorization: string): Promise<number> => {
  run++;
  const body = batch();
  const began = performance.now();
  const answer = await fetch(`${house.url}/v1/commands:batch`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson' },
    body,
  });
  const answers = (await answer.text()).trim().split('\n');
  const bad = answers.find((line) => !line.includes('"ok":true'));
  if (answers.length !== lines || bad) throw new Error(`the door answered ${answers.length} lines; ${bad}`);
  return lines / ((performance.now() - began) / 1000);
};

/** Facts a second through the batch door and by the import, as ratios to probe A in the same server. */
export const doorRows = async (house: DrillHouse, rounds: number): Promise<Figure[]> => {
  const pool = new pg.Pool({ connectionString: await createDatabase(house, 'door_probe'), max: 10 });
  await pool.query(plainTable);
  const authorization = `Bearer ${await house.token()}`;
  const a = probeA(pool, () => []);
  const rateOfA = async (): Promise<number> => (await a.run(1_500)).done / 1.5;
  const door: number[] = [];
  const probe: number[] = [];
  for (let round = 0; round < rounds; round++) {
    probe.push(await rateOfA());
    door.push(await throughDoor(house, authorization));
  }
  const say = (name: string, rate: number): void => console.log(`    ${name.padEnd(58)}${`${Math.round(rate).toLocaleString('en')}/s`.padStart(12)}`);
  say('A  raw pg INSERT, autocommit, 32 in flight', median(probe));
  say('facts through the batch door', median(door));
  const figures: Figure[] = [{ row: '–', what: 'facts through the batch door ÷ A', value: median(door.map((rate, i) => rate / (probe[i] ?? NaN))) }];
  if (existsSync(cdnow)) {
    const began = performance.now();
    const { code, output } = await house.script('import', 'orders', cdnow, '--mapping', 'docs/imports/cdnow.json');
    if (code !== 0) throw new Error(output);
    const rate = facts / ((performance.now() - began) / 1000);
    say(`facts by the import (CDNOW: ${facts.toLocaleString('en')} facts)`, rate);
    figures.push({ row: '–', what: 'facts by the import of CDNOW ÷ A', value: rate / median([...probe, await rateOfA()]) });
  } else console.warn('SKIPPED: the CDNOW data is not beside this repository; the import is not measured.');
  await pool.end();
  return figures;
};
