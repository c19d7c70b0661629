import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import type { RpcController } from '@guanxi/service-kit/controllers';

/** What customers allow, and what they opted out of. */
export const privacy: ServiceDefinition = { name: 'privacy', deciders: [], views: [] };

/** What it answers besides commands. */
export const queries: readonly RpcController[] = [];
