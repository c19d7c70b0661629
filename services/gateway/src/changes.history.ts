import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { History, ReadEventsRequestSchema, ReadEventsResponseSchema } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import type { Call } from './peers.js';

/** A change of one customer: what happened, and nothing of what it says. */
export interface Change {
  readonly customer: string;
  readonly position: number;
  /** The event's full name. */
  readonly type: string;
  readonly time: string;
}

/** Which part of a service's history. */
export interface Ask {
  readonly after: number;
  readonly upTo?: number;
  readonly partition?: number;
  readonly limit?: number;
  /** How long to wait for the first event. */
  readonly waitSeconds?: number;
  /** Answer when the service's views hold the events. */
  readonly settled?: boolean;
}

/** What a part of a history holds. */
export interface Stretch {
  readonly epoch: string;
  readonly head: number;
  /** The last position read; undefined where there was nothing. */
  readonly last: number | undefined;
  /** Those of customers that are wanted. */
  readonly changes: (wanted: (customer: string) => boolean) => readonly Change[];
}

/** Reads a part of a service's history. @throws as a call does */
export type ReadChanges = (service: string, ask: Ask) => Promise<Stretch>;

const rpc = `/${History.typeName}/${History.method.readEvents.name}`;
/** More than a read takes; a service that needs longer counts as away. */
const answerMs = 900;
const settleMs = 1_000;

// Nothing before a record's own `customer` may hold these characters; what stands in its data may, so a find is only a reason to look.
const mentioned = /"customer":"([0-9a-f-]{36})"/;

const changesIn = (records: readonly string[], positions: readonly string[], wanted: (customer: string) => boolean): Change[] =>
  records.flatMap((text, n) => {
    if (!wanted(mentioned.exec(text)?.[1] ?? '')) return [];
    const { customer, type, time } = JSON.parse(text) as Omit<Change, 'position'>;
    return customer !== undefined && wanted(customer) ? [{ customer, position: Number(positions[n]), type, time }] : [];
  });

/** Reads the services' histories in the gateway's own name. @param token gives its `Authorization` header */
export const changesOf =
  (call: Call, token: () => Promise<string>): ReadChanges =>
  async (service, { after, upTo, waitSeconds = 0, settled = false, ...rest }) => {
    const request = create(ReadEventsRequestSchema, { ...rest, after: String(after), upTo: String(upTo ?? 0), waitSeconds, settled });
    const bytes = toBinary(ReadEventsRequestSchema, request);
    const timeoutMs = answerMs + waitSeconds * 1000 + (settled ? settleMs : 0);
    const { body } = await call(service, rpc, bytes, { authorization: await token() }, timeoutMs);
    const { epoch, head, records, positions } = fromBinary(ReadEventsResponseSchema, body);
    const last = positions.at(-1);
    return {
      epoch,
      head: Number(head),
      last: last === undefined ? undefined : Number(last),
      changes: (wanted) => changesIn(records, positions, wanted),
    };
  };
