import { createRequire } from 'node:module';

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

const fullQueueMs = 10;

/**
 * kafkajs 2.2.4 sets itself a timer again and again on every connection that has nothing to do (tulios/kafkajs#1556): hundreds a second,
 * a fifth of a core for six idle services. This one sets a timer only while something waits. Call it before the first client.
 */
export const patchTimers = (): void => {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: RequestQueue };
  queue.prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId) return;
    const throttled = this.throttledUntil - Date.now();
    if (throttled <= 0 && this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttled > 0 ? throttled : fullQueueMs,
    );
  };
};
