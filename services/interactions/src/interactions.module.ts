import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import type { RpcController } from '@guanxi/service-kit/controllers';

/** Every contact with a customer, and the timeline. */
export const interactions: ServiceDefinition = { name: 'interactions', deciders: [], views: [] };

/** What it answers besides commands. */
export const queries: readonly RpcController[] = [];
