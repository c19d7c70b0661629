import { configOrExit } from '@guanxi/service-kit/config';
import { GatewayConfig } from './gateway.config.js';
import { startGateway } from './gateway.js';

const stopped = Promise.withResolvers<void>();
// A second signal changes nothing: it must not cut the stop short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.resolve());

const gateway = await startGateway(configOrExit(GatewayConfig));
await stopped.promise;
await gateway.close();
