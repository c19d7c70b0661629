// The command's own path, as rows 4 and 5 of performance.md §11 define it: the accounts service without views, relay and bus.
// Started with the environment of the running service and PATH_URL, a database of its own; with PATH_OPERATIONS it counts. Prints its port.
import { account } from '@guanxi/accounts/account.decider';
import { order } from '@guanxi/accounts/order.decider';
import { presentEpoch } from '@guanxi/event-sourcing/epochs';
import { openPool } from '@guanxi/event-sourcing/pool';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import { verifier } from '@guanxi/service-kit/auth';
import { closing } from '@guanxi/service-kit/closing';
import { readConfig } from '@guanxi/service-kit/config';
import { commandsOf } from '@guanxi/service-kit/controllers';
import { startServer } from '@guanxi/service-kit/grpc.server';
import type { Kit } from '@guanxi/service-kit/kit';
import { logger } from '@guanxi/service-kit/log';
import { startOperations } from '@guanxi/service-kit/operations.server';
import { rpcDurations } from '@guanxi/service-kit/rpc.watch';
import { ServiceConfig } from '@guanxi/service-kit/service.config';
import { startTracing } from '@guanxi/service-kit/tracing';
import { startWriteSide } from '@guanxi/service-kit/write.side';
import { freePort } from '../scripts/processes.ts';

const { PATH_URL: url = '', PATH_OPERATIONS: operations } = process.env;
const config = Object.assign(readConfig(ServiceConfig), { databaseUrl: url });
const log = logger('path', 'silent');
await startTracing('path', log);
const { meter } = await startOperations('path', operations || undefined);
const pool = openPool(url, { name: 'path' });
await applySchema(pool);
await presentEpoch(pool);
const deciders = [account, order];
const { execute } = await startWriteSide(
  config,
  { name: 'accounts', deciders, views: [] },
  pool,
  closing(() => undefined),
  log,
  meter,
);
const port = await freePort();
await startServer({
  address: `127.0.0.1:${port}`,
  controllers: deciders.map(commandsOf),
  kit: { execute, durations: rpcDurations(meter) } as Kit,
  verify: verifier(config),
  log,
});
console.log(port);
