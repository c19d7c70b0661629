import type { EventBus } from '@guanxi/messaging/bus';

/** A bus that is opened at its first use, and again at the next one where that failed: a service starts without it. */
export const lazyBus = (open: () => Promise<EventBus>): EventBus => {
  let opened: Promise<EventBus> | undefined;
  const bus = (): Promise<EventBus> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    ensureTopic: async (...all) => (await bus()).ensureTopic(...all),
    publish: async (...all) => (await bus()).publish(...all),
    consume: async (...all) => (await bus()).consume(...all),
    tail: async (...all) => (await bus()).tail(...all),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
};
