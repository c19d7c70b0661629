import type { IHeaders } from 'kafkajs';
import type { DeliveredRecord } from './bus.js';

/** A message as kafkajs hands it over. */
export interface KafkaMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}

const headerText = (value: IHeaders[string]): string => (Array.isArray(value) ? (value.at(-1) ?? '') : (value ?? '')).toString();

/** The record of a message; of a header that is there twice, the last. */
export const delivered = (topic: string, partition: number, { offset, timestamp, key, value, headers = {} }: KafkaMessage): DeliveredRecord => ({
  topic,
  partition,
  offset: Number(offset),
  at: Number(timestamp),
  key: key?.toString(),
  value: value ?? Buffer.alloc(0),
  headers: Object.fromEntries(Object.entries(headers).map(([name, its]) => [name, headerText(its)])),
});
