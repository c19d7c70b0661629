import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { accounts } from '@guanxi/accounts/accounts.module';
import { complaints } from '@guanxi/complaints/complaints.module';
import type { OptOuts } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { OptOutCommands, OptOutQueries } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { uuid7 } from '@guanxi/event-sourcing/ids';
import { interactions } from '@guanxi/interactions/interactions.module';
import { loyalty } from '@guanxi/loyalty/loyalty.module';
import { privacy, queries } from '@guanxi/privacy/privacy.module';
import { mayUse } from '@guanxi/protection/opt-outs.view';
import { testService, type TestService } from './service.js';

const hearers = [accounts, interactions, complaints, loyalty];

let teller: TestService;
let others: TestService[];
beforeAll(async () => {
  teller = await testService(privacy, queries);
  others = await Promise.all(hearers.map((it) => testService(it, [], teller)));
}, 120_000);
afterAll(async () => {
  await Promise.all(others.map((it) => it.stop()));
  await teller.stop();
});

const set = (accountId: string, on: boolean, optOut = 'DIRECT_MARKETING') =>
  teller.call(OptOutCommands, 'setOptOut', { accountId, optOut, on, channel: 'PHONE' });

/** The rows as the service's own database has them. */
const rowsIn = async ({ url }: TestService, ids: readonly string[]): Promise<OptOuts[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ row: OptOuts }>('select row from opt_outs where key = any($1) order by key', [ids]);
    return rows.map((it) => it.row);
  } finally {
    await client.end();
  }
};

const followed = async (service: TestService, ids: readonly string[], version: number): Promise<OptOuts[]> => {
  for (const end = Date.now() + 60_000; ; await pause(20)) {
    const rows = await rowsIn(service, ids);
    if (rows.length === ids.length && rows.every((it) => it.version >= version)) return rows;
    if (Date.now() > end) throw new Error(`${service.place.name} has not heard of it within a minute`);
  }
};

describe('F2: what a customer refuses, every service knows from its own database', () => {
  it.each(hearers.map(({ name }, n) => [name, n] as const))('%s holds the same row as privacy, over the bus', async (_name, n) => {
    const accountId = uuid7();
    await set(accountId, true);
    await set(accountId, true, 'SENSITIVE_DATA');
    await set(accountId, false);
    const [row] = await followed(others[n]!, [accountId], 3);
    expect([row]).toEqual(await rowsIn(teller, [accountId]));
    expect(row).toMatchObject({ directMarketing: { on: false, channel: 'PHONE' }, sensitiveData: { on: true } });
    expect([mayUse(row, 'DIRECT_MARKETING'), mayUse(row, 'SENSITIVE_DATA')]).toEqual([true, false]);
  });

  it('all of them within a minute of many refusals at once', async () => {
    const ids = Array.from({ length: 200 }, () => uuid7());
    await Promise.all(ids.map((id) => set(id, true)));
    const own = await rowsIn(teller, ids);
    expect(own.filter((it) => mayUse(it, 'DIRECT_MARKETING'))).toEqual([]);
    for (const service of others) expect(await followed(service, ids, 1)).toEqual(own);
    const page = (await teller.call(OptOutQueries, 'listOptOuts', { optOut: 'DIRECT_MARKETING', pageSize: 1000 })) as { optOuts: OptOuts[] };
    expect(page.optOuts.map((it) => it.accountId)).toEqual(expect.arrayContaining(ids));
  }, 90_000);
});
