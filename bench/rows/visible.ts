import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { account } from '@guanxi/accounts/account.decider';
import { accountView } from '@guanxi/accounts/account.view';
import { openAppender } from '@guanxi/event-sourcing/appender';
import { executor } from '@guanxi/event-sourcing/executor';
import type { Caller } from '@guanxi/event-sourcing/caller';
import { loader } from '@guanxi/event-sourcing/loader';
import { lookups } from '@guanxi/event-sourcing/lookups';
import { openPool } from '@guanxi/event-sourcing/pool';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { snapshots } from '@guanxi/event-sourcing/snapshots';
import { ensureViews } from '@guanxi/event-sourcing/view.ensure';
import { startViews } from '@guanxi/event-sourcing/views';
import pg from 'pg';
import type { Bench } from '../database.ts';
import { median, quantile } from '../harness.ts';
import type { Figure } from '../report.ts';

const definition: ServiceDefinition = { name: 'accounts', deciders: [account], views: [accountView] };
const perSecond = 1_000;
const seconds = 4;

/** Row 10 of performance.md §11: how long after the append a command's effect is in the view, open loop at 1,000 commands a second. */
export const visibleRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const url = await bench.create('visible');
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await applySchema(owner);
  await ensureViews(owner, definition, 'postgres');
  await owner.end();
  const pool = openPool(url, { name: 'bench' });
  const appender = openAppender(url);
  const views = await startViews({ definition, url, pool, execute: () => Promise.reject(new Error('no policies here')) });
  appender.onAppend((head) => views.appended(head));
  const kept = snapshots(pool);
  const running = executor({
    service: 'accounts',
    namespace: randomUUID(),
    appender,
    load: loader(pool),
    lookups: lookups(pool),
    snapshots: kept,
    views,
  });
  const caller = (): Caller => ({
    subject: 'op-17',
    kind: 'OPERATOR',
    role: 'SALESPERSON',
    segment: 'default',
    idempotencyKey: randomUUID(),
    wait: false,
  });
  const register = { kind: 'PERSON', displayName: 'Wang', accountId: '' };
  const ids: string[] = [];
  for (let n = 0; n < 1_000; n++) ids.push((await running.execute(account, 'registerAccount', { ...register }, caller())).id);

  const rows: { ack: number[]; seen: number[] }[] = [];
  for (let round = 0; round < rounds; round++) {
    const ack: number[] = [];
    const seen: number[] = [];
    const began = performance.now();
    const open: Promise<void>[] = [];
    for (let n = 0; n < perSecond * seconds; n++) {
      const due = began + (n * 1000) / perSecond;
      if (due > performance.now()) await sleep(Math.max(0, due - performance.now()));
      const one = async (): Promise<void> => {
        const { position } = await running.execute(account, 'updateProfile', { accountId: ids[n % ids.length], source: `bench ${n}` }, caller());
        ack.push(performance.now() - due);
        await views.settled(['guanxi.accounts.v1.ProfileUpdated'], Number(position), 5_000);
        seen.push(performance.now() - due);
      };
      open.push(one());
    }
    await Promise.all(open);
    rows.push({ ack, seen });
  }
  await running.close();
  await appender.close();
  await views.stop();
  await kept.close();
  await pool.end();
  const of = (pick: 'ack' | 'seen', q: number): number => median(rows.map((it) => quantile(it[pick], q)));
  for (const pick of ['ack', 'seen'] as const)
    console.log(
      `    ${(pick === 'ack' ? 'answered at the append' : 'seen in the view').padEnd(58)}  p50 ${of(pick, 0.5).toFixed(2)} p99 ${of(pick, 0.99).toFixed(2)} ms`,
    );
  return [
    {
      row: '10',
      what: 'seen in the view after the append at 1,000/s, p50, ms',
      value: of('seen', 0.5) - of('ack', 0.5),
      gate: 2,
      stretch: 1,
      atLeast: false,
    },
    { row: '10', what: 'the same, p99, ms', value: of('seen', 0.99) - of('ack', 0.99), gate: 6, stretch: 3, atLeast: false },
  ];
};
