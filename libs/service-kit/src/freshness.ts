import type { Freshness } from '@guanxi/contracts/guanxi/common/v1/freshness';
import type { Part } from './health.js';

/**
 * How fresh what a service reads is, from the health of its views and of its consumer of other services' events.
 * A part that is ready for another reason than being up to date (a newer build folds the view) is not stale.
 * @param hears parts with a reason as soon as something is wrong, whether or not the service counts as ready
 */
export const freshnessOf = (views: readonly Part[], hears: readonly Part[], now = Date.now()): Freshness => {
  const lagMs = Math.round(Math.max(0, ...[...views, ...hears].map((it) => it.lagMs)));
  const lame = views.find((it) => !it.ready) ?? hears.find((it) => it.reason !== '');
  const staleReason = lame ? `${lame.name}: ${lame.reason || 'not ready'}` : '';
  return { asOf: new Date(now - lagMs).toISOString(), lagMs, staleReason };
};
