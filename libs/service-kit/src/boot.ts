import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { configOrExit } from './config.js';
import type { RpcController } from './controllers.js';
import { faultOf, logger } from './log.js';
import { ServiceConfig } from './service.config.js';
import { startService } from './start.js';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * The whole life of a service's process: configuration, start, stop at SIGTERM or SIGINT with exit code 0 (a second signal changes
 * nothing). A start that fails ends with a word on stderr and code 1; so does an error that nobody caught.
 */
export const boot = async (definition: ServiceDefinition, queries: readonly RpcController[] = []): Promise<void> => {
  const config = configOrExit(ServiceConfig);
  const log = logger(definition.name, config.log);
  const crash = (error: unknown): void => {
    // The words of an error may quote data; where it came from does not.
    log.error(faultOf(error), 'an error that nobody caught; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
  const signalled = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => signalled.resolve(signal));
  try {
    if (config.service !== definition.name) throw new Error(`this is the service ${definition.name}, but GUANXI_SERVICE says ${config.service}`);
    const service = await startService(config, definition, queries, log);
    log.info({ port: Number(config.grpc.split(':').at(-1)) }, 'the service takes calls');
    const signal = await signalled.promise;
    log.info({ signal }, 'the service stops');
    await service.stop();
    process.exit(0);
  } catch (error) {
    log.error(faultOf(error), 'the service does not start');
    say(`${definition.name} does not start: ${error instanceof Error ? error.message : 'unknown error'}`);
    process.exit(1);
  }
};
