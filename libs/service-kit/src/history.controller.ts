import type { Pool } from 'pg';
import { History as HistoryService, type ReadEventsRequest as Request } from '@guanxi/contracts/guanxi/common/v1/history';
import { listEpochs } from '@guanxi/event-sourcing/epochs';
import type { History, Positioned } from '@guanxi/event-sourcing/history';
import { queriesOf, type RpcController } from './controllers.js';
import type { NotarySide } from './notary.side.js';
import { proofs } from './proofs.js';

/** An answer must fit into the 4 MiB that gRPC clients take by default; a record may have some 300 KiB. */
const mostBytes = 2 * 1024 * 1024;
const most = 1000;

const whatFits = (events: readonly Positioned[]): readonly Positioned[] => {
  let bytes = 0;
  const end = events.findIndex(({ record }, n) => (bytes += Buffer.byteLength(record)) > mostBytes && n > 0);
  return end < 0 ? events : events.slice(0, end);
};

/**
 * The History rpcs over a service's own events. `stopping` ends waits, so that a stop is not held up by subscribers; `settled` waits
 * until the views hold a position, as long as that makes sense.
 */
export const historyController = (
  history: History,
  pool: Pool,
  stopping: AbortSignal,
  settled: (position: number) => Promise<void> = () => Promise.resolve(),
  notary: Pick<NotarySide, 'sign' | 'verifiers'> = { verifiers: [], sign: () => Promise.resolve(undefined) },
): RpcController => {
  const readEvents = async ({ after, limit, partition, waitSeconds, upTo, settled: readable }: Request): Promise<object> => {
    const range = {
      after: Number(after),
      limit: limit || most,
      ...(partition === undefined ? {} : { partition }),
      ...(upTo === '0' ? {} : { upTo: Number(upTo) }),
    };
    const events = whatFits(await (waitSeconds > 0 ? history.await(range, waitSeconds * 1000, stopping) : history.read(range)));
    const [epochs, head] = await Promise.all([listEpochs(pool), history.head()]);
    const present = epochs.at(-1);
    if (readable) await settled(events.at(-1)?.position ?? head);
    return {
      records: events.map((it) => it.record),
      positions: events.map((it) => String(it.position)),
      epoch: present?.id ?? '',
      base: String(present?.base ?? 0),
      head: String(head),
    };
  };
  return queriesOf(HistoryService, {
    ...proofs(pool, notary),
    readEvents,
    listEpochs: async () => ({ epochs: (await listEpochs(pool)).map(({ id, base }) => ({ id, base: String(base) })) }),
  });
};
