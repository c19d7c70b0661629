import type { EventBus } from '@guanxi/messaging/bus';
import { openPostgresBus } from '@guanxi/messaging/postgres.bus';
import { faultOf, type Log } from './log.js';
import type { ServiceConfig } from './service.config.js';

/** Opens the bus that the configuration names. @throws Error where it is away */
export const openBus = (config: ServiceConfig, log: Log): Promise<EventBus> => {
  const onError = (error: unknown): void => log.warn(faultOf(error), 'the bus had an error');
  return openPostgresBus(config.busUrl ?? '', { onError });
};
