import { writeSync } from 'node:fs';
import { openAppender } from '../appender.js';
import { executor } from '../executor.js';
import { loader } from '../loader.js';
import { lookups } from '../lookups.js';
import { openPool } from '../pool.js';
import type { Execute } from '../policies.js';
import { snapshots } from '../snapshots.js';
import { startViews, type Views } from '../views.js';
import { fragileShop } from './shop.poison.js';

// A service without its rim whose build is spoilt, or mended and redriving all the time until it is killed.

const [url = '', build = 'spoilt'] = process.argv.slice(2);
const mended = build === 'mended';
const pool = openPool(url, { name: `pool ${build}` });
const appender = openAppender(url, { name: `append ${build}`, patience: 60_000 });
const execute: Execute = (...wish) => running.execute(...wish);
const running = executor({
  ...{ service: 'shop', namespace: '0e4f7c5a-7b1d-5c2e-9f3a-1d2c3b4a5968', appender },
  ...{ load: loader(pool, {}), lookups: lookups(pool), snapshots: snapshots(pool, () => undefined) },
  views: { one: (...it) => views.one(...it), settled: (...it) => views.settled(...it) },
});
const views: Views = await startViews({ definition: fragileShop(mended, true), url, pool, execute });
appender.onAppend((head) => views.appended(head));

writeSync(1, 'ready\n');
while (mended) {
  const redriven = await views.repairs.redrive('shop_fragile').catch(() => []);
  if (redriven.length > 0) writeSync(1, `${redriven.length}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
