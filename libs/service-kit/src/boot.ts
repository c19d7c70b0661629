import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { configOrExit } from './config.js';
import type { RpcController } from './controllers.js';
import { logger } from './log.js';
import { live } from './process.js';
import { ServiceConfig } from './service.config.js';
import { startService } from './start.js';
import { startTracing } from './tracing.js';

/** The whole life of a service's process, from its configuration to its exit code. */
export const boot = async (definition: ServiceDefinition, queries: readonly RpcController[] = []): Promise<void> => {
  const config = configOrExit(ServiceConfig);
  const log = logger(definition.name, config.log);
  await live(definition.name, log, async () => {
    if (config.service !== definition.name) throw new Error(`this is the service ${definition.name}, but GUANXI_SERVICE says ${config.service}`);
    const stopTracing = await startTracing(definition.name, log);
    const service = await startService(config, definition, queries, log);
    const stop = async (): Promise<void> => {
      await service.stop();
      await stopTracing();
    };
    return { port: Number(config.grpc.split(':').at(-1)), stop };
  });
};
