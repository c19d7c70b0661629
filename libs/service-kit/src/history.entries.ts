import type { Pool } from 'pg';
import {
  HistoryEntries,
  type HistoryEntry,
  type ReadCustomerRequest,
  type ReadCustomerResponse,
  type ReadStreamRequest,
  type ReadStreamResponse,
} from '@guanxi/contracts/guanxi/common/v1/history_entries';
import { eventsOfCustomer, eventsOfStream, knowsCustomer } from '@guanxi/event-sourcing/history.customer';
import type { Positioned } from '@guanxi/event-sourcing/history';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { readRecord } from '@guanxi/event-sourcing/record';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { queriesOf, type RpcController } from './controllers.js';

/** An answer must fit into the 4 MiB that gRPC clients take by default; told to a person, an event may be longer than its text. */
const mostBytes = 1024 * 1024;
const most = 1_000;

const entryOf = (service: string, { position, record }: Positioned): HistoryEntry => {
  const it = readRecord(record);
  return {
    ...{ service, position: String(position), time: it.time, type: it.type, title: '', subject: it.subject, version: it.streamversion },
    ...{ actor: it.actor ?? '', actorKind: it.actorkind ?? '', role: it.role ?? '', command: it.command ?? '', commandId: it.commandid ?? '' },
    ...{ correlationId: it.correlationid ?? '', causationId: it.causationid ?? '', eventId: it.id, data: it.data },
  };
};

/** What fits into one answer of what was read, which is one more than was asked for where there are more. */
const fitting = (service: string, events: readonly Positioned[], limit: number): { entries: HistoryEntry[]; more: boolean } => {
  let bytes = 0;
  const tooMuch = events.findIndex(({ record }, n) => (bytes += Buffer.byteLength(record)) > mostBytes && n > 0);
  const end = Math.min(limit, tooMuch < 0 ? events.length : tooMuch);
  return { entries: events.slice(0, end).map((it) => entryOf(service, it)), more: events.length > end };
};

/** The HistoryEntries rpcs over a service's own events. @param partitions as its events are numbered by */
export const historyEntriesController = (service: string, pool: Pool, partitions: number): RpcController =>
  queriesOf(HistoryEntries, {
    readCustomer: async ({ accountId, from, to, after, limit, newestFirst }: ReadCustomerRequest): Promise<ReadCustomerResponse> => {
      const key = accountId.toLowerCase();
      const partition = partitionOf(key, partitions);
      const wanted = limit || most;
      const range = { key, partition, from, to, after: Number(after), limit: wanted + 1, newestFirst };
      const events = await eventsOfCustomer(pool, range);
      return { ...fitting(service, events, wanted), known: events.length > 0 || (await knowsCustomer(pool, key, partition)) };
    },
    readStream: async ({ streamId, after, limit }: ReadStreamRequest): Promise<ReadStreamResponse> => {
      const wanted = limit || most;
      const events = await eventsOfStream(pool, streamId, after, wanted + 1);
      if (events.length === 0 && (after === 0 || (await eventsOfStream(pool, streamId, 0, 1)).length === 0))
        throw new Rejection('stream-not-found', 'not-found', 'This service has recorded nothing under this id.');
      return fitting(service, events, wanted);
    },
  });
