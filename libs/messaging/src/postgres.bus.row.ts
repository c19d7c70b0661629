import type { DeliveredRecord } from './bus.js';

/** A row of bus_messages as it is read. */
export interface MessageRow {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: string;
  readonly at: string;
}

/** The record of a row. */
export const delivered = (topic: string, { partition, offset, key, value, headers, at }: MessageRow): DeliveredRecord => ({
  topic,
  partition,
  offset,
  key: key ?? undefined,
  value,
  headers: JSON.parse(headers) as Record<string, string>,
  at: Math.round(Number(at)),
});
