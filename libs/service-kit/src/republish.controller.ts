import type { Pool } from 'pg';
import { Republishing } from '@guanxi/contracts/guanxi/common/v1/republish';
import { beginRepublish, getRepublication, stopRepublish, type Republication } from '@guanxi/messaging/republish.jobs';
import type { Republisher } from '@guanxi/messaging/republish';
import { queriesOf, type RpcController } from './controllers.js';

const shown = ({ id, state, first, place, end, seconds, begunAt, endedAt }: Republication, reason: string): object => {
  const sent = Math.max(0, place - first + 1);
  const rate = seconds > 0 ? sent / seconds : 0;
  return {
    ...{ id, state, from: String(first), to: String(end), position: String(place), rate: Math.round(rate) },
    etaSeconds: state === 'RUNNING' && rate > 0 ? Math.max(0, Math.ceil((end - place) / rate)) : 0,
    reason: state === 'RUNNING' ? reason : '',
    begunAt: begunAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
};

/** The Republishing rpcs: they ask for it and tell how far it is; the republisher of any replica does it. */
export const republishController = (pool: Pool, republisher: Republisher): RpcController => {
  const show = (it: Republication): object => shown(it, republisher.health().reason);
  return queriesOf(Republishing, {
    republish: async ({ from, to }) => {
      const begun = await beginRepublish(pool, Math.max(1, Number(from)), Number(to));
      republisher.wake();
      return show(begun);
    },
    getRepublish: async () => show(await getRepublication(pool)),
    stopRepublish: async () => show(await stopRepublish(pool)),
  });
};
