import { createHash, randomUUID } from 'node:crypto';
import type { Entry } from '@guanxi/event-sourcing/append.call';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { writeRecord } from '@guanxi/event-sourcing/record';
import { body } from './probes.ts';

const data = JSON.parse(body) as Record<string, unknown>;

/** A command's events as the executor hands them over: text, key, hash and answer are made anew each time, as in life. */
export const entryFor = (id: string, expected: number, events = 1): Entry => {
  const command = randomUUID();
  const key = createHash('sha256').update(command).digest();
  const type = 'guanxi.accounts.v1.OrderRecorded';
  return {
    stream: { id, type: 'order', key: id, partition: partitionOf(id, 24) },
    expected,
    events: Array.from({ length: events }, (_, n) => {
      const event = randomUUID();
      const text = writeRecord({
        ...{ id: event, source: '/guanxi/accounts', type, subject: `order/${id}`, streamversion: expected + n + 1 },
        ...{ schemaversion: 1, customer: id, segment: 'default', actor: 'op-17', actorkind: 'OPERATOR', role: 'SALESPERSON' },
        ...{ command: 'guanxi.accounts.v1.RecordOrder', commandid: command, correlationid: command, data },
      });
      return { id: event, type, ...text };
    }),
    key,
    hash: key,
    answer: JSON.stringify({ id, version: expected + events, warnings: [] }),
  };
};
