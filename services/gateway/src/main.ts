import { configOrExit } from '@guanxi/service-kit/config';
import { logger } from '@guanxi/service-kit/log';
import { live } from '@guanxi/service-kit/process';
import { startTracing } from '@guanxi/service-kit/tracing';
import { GatewayConfig } from './gateway.config.js';
import { startGateway } from './gateway.js';

const config = configOrExit(GatewayConfig);
const log = logger('gateway', config.log);
await live('gateway', log, async () => {
  const stopTracing = await startTracing('gateway', log);
  const gateway = await startGateway(config, log);
  return { port: gateway.port, stop: () => gateway.stop().then(stopTracing) };
});
