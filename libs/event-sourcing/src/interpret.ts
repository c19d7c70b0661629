import type { DescMessage } from '@bufbuild/protobuf';
import { filled } from '@guanxi/contracts/json';
import { casesOf, type Recorded } from './fold.js';
import { streamOf, type StoredRecord } from './record.js';
import { placeAfter, type Entry, type Place } from './recorded.js';
import type { ServiceDefinition } from './service.js';

/** A record's text → the record, its `data` as this build has it. @throws where it is none, or newer than this build */
export type ReadRecordText = (text: string) => StoredRecord;

/** What this build's contracts know of events. */
export interface Contracts {
  /** Full names of the service's own events. */
  readonly own: ReadonlySet<string>;
  /** Payloads by full name, own and those that a view or policy names. */
  readonly payloads: ReadonlyMap<string, DescMessage>;
}

/** Collects the event contracts of a service's deciders, views and policies. */
export const contractsOf = ({ deciders, views, policies = [] }: ServiceDefinition): Contracts => {
  const own = deciders.flatMap((it) => [...casesOf(it.events)]);
  const heard = [...views, ...policies].flatMap((it) => it.sources.flatMap(({ events }) => [...casesOf(events)]));
  return { own: new Set(own.map(([type]) => type)), payloads: new Map([...own, ...heard].map(([type, { payload }]) => [type, payload])) };
};

/** Entries as events, up to the first own one that this build cannot read. */
export interface Interpreted {
  readonly events: readonly Recorded[];
  readonly to: Place;
  /** Received records of a named type that could not be read. */
  readonly unreadable: number;
  /** Why it ended before the last entry. */
  readonly stuck: string | undefined;
}

const recorded = ({ position, seq }: Entry, { payloads }: Contracts, record: StoredRecord): Recorded => {
  const payload = payloads.get(record.type);
  return {
    position,
    seq,
    type: record.type,
    payload: payload ? filled(payload, record.data) : record.data,
    meta: {
      id: record.id,
      stream: streamOf(record),
      version: record.streamversion,
      at: record.time,
      customer: record.customer,
    },
    trace: { segment: record.segment ?? '', correlationId: record.correlationid, traceparent: record.traceparent },
  };
};

/** Why an own entry stops the worker: another build wrote it. A received one is passed over instead. */
const strange = ({ type, seq }: Entry, { own }: Contracts): string | undefined =>
  seq === 0 && !own.has(type) ? `own event ${type} is not in this build's contract` : undefined;

/** Reads the texts of a batch; types that nobody asked for carry none and are passed over. */
export const interpret = (entries: readonly Entry[], from: Place, contracts: Contracts, read: ReadRecordText): Interpreted => {
  const events: Recorded[] = [];
  let unreadable = 0;
  for (const [n, entry] of entries.entries()) {
    let stuck = strange(entry, contracts);
    try {
      if (!stuck && entry.record !== undefined) events.push(recorded(entry, contracts, read(entry.record)));
    } catch {
      if (entry.seq === 0) stuck = `own event ${entry.type} at ${entry.position} cannot be read by this build`;
      else unreadable++;
    }
    if (stuck) return { events, to: placeAfter(from, entries.slice(0, n)), unreadable, stuck };
  }
  return { events, to: placeAfter(from, entries), unreadable, stuck: undefined };
};
