import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openAppender } from '../appender.js';
import { executor } from '../executor.js';
import { loader } from '../loader.js';
import { lookups } from '../lookups.js';
import { openPool } from '../pool.js';
import type { Execute } from '../policies.js';
import { snapshots } from '../snapshots.js';
import { startViews, type Views } from '../views.js';
import { accounts, order, payingTwice } from './shop.views.js';

// A whole service without its rim: places orders until it is killed, one line for each that was answered; policies pay them.

const [url = '', name = '', lanes = '4'] = process.argv.slice(2);
const pool = openPool(url, { name: `pool ${name}` });
const appender = openAppender(url, { name: `append ${name}`, patience: 60_000 });
const execute: Execute = (...wish) => running.execute(...wish);
const running = executor({
  ...{ service: 'shop', namespace: '0e4f7c5a-7b1d-5c2e-9f3a-1d2c3b4a5968', appender },
  ...{ load: loader(pool, {}), lookups: lookups(pool), snapshots: snapshots(pool, () => undefined) },
  views: { one: (...it) => views.one(...it), settled: (...it) => views.settled(...it) },
});
const views: Views = await startViews({ definition: payingTwice, url, pool, execute });
appender.onAppend((head) => views.appended(head));

const place = async (n: number): Promise<void> => {
  for (let m = 0; ; m++) {
    const placedAt = new Date(Date.now() + 500).toISOString();
    const command = { orderId: randomUUID(), accountId: accounts[m % 2] ?? '', amount: String(m), placedAt, tags: [] };
    const caller = { subject: name, kind: 'OPERATOR', role: '', segment: 'default', idempotencyKey: `${n} ${m} ${process.pid}`, wait: true } as const;
    try {
      const { id } = await running.execute(order, 'placeOrder', command, caller);
      const row = await views.one(payingTwice.views[0] as never, id);
      writeSync(1, `${id} ${String(row?.['status'])}\n`);
    } catch {
      // Its backend was killed: not answered, so nothing is claimed.
    }
  }
};

await Promise.all(Array.from({ length: Number(lanes) }, (_, n) => place(n)));
