import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import type { RpcController } from '@guanxi/service-kit/controllers';

/** Members, and the points they earn, redeem and lose. */
export const loyalty: ServiceDefinition = { name: 'loyalty', deciders: [], views: [] };

/** What it answers besides commands. */
export const queries: readonly RpcController[] = [];
