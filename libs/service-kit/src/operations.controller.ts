import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations';
import { queriesOf, type RpcController } from './controllers.js';
import type { Part } from './health.js';

/** The Operations rpcs. One look at the parts serves everybody who asks within half a second, since anybody may ask. */
export const operationsController = (health: () => Promise<{ ready: boolean; parts: readonly Part[] }>): RpcController => {
  let last: ReturnType<typeof health> | undefined;
  const look = (): ReturnType<typeof health> => {
    last ??= health().finally(() => setTimeout(() => (last = undefined), 500).unref());
    return last;
  };
  return queriesOf(Operations, { getHealth: look });
};
