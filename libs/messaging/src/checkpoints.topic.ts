import type { Pool } from 'pg';
import { parseCheckpoint, parseOrigin, type Checkpoint, type Origin } from '@guanxi/event-sourcing/checkpoint.text';
import { parseNote } from '@guanxi/event-sourcing/note';
import { startWorker } from '@guanxi/event-sourcing/worker';
import type { BusRecord, DeliveredRecord, EventBus } from './bus.js';
import type { Part } from './steps.js';

/** Where every service's signed checkpoints go; key = origin. One partition: they are few, and their end is found at once. */
export const checkpointsTopic = 'guanxi.checkpoints.v1';

/** A checkpoint as it was heard; its signatures are not checked. */
export interface Heard extends Checkpoint {
  readonly of: Origin;
  readonly note: string;
}

/** Reads a message of the topic; undefined where it is no checkpoint of ours. */
export const heardCheckpoint = ({ value }: Pick<DeliveredRecord, 'value'>): Heard | undefined => {
  try {
    const note = value.toString();
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const of = parseOrigin(checkpoint.origin);
    return of && { ...checkpoint, of, note };
  } catch {
    return undefined;
  }
};

/** A publisher of checkpoints at work. */
export interface CheckpointPublisher {
  /** There is a new checkpoint. */
  wake(): void;
  health(): Part;
  stop(): Promise<void>;
}

const unsent = 'select size, note from notes where not sent order by size limit 500 for update skip locked';
const recordOf = ({ note }: { note: string }): BusRecord => ({
  partition: 0,
  key: note.slice(0, note.indexOf('\n')),
  value: Buffer.from(note),
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** Sends what the notary signed and no replica has sent yet; where the bus is away, it tries again for ever. */
export const startCheckpointPublisher = (pool: Pool, bus: EventBus, onError: (error: unknown) => void = () => undefined): CheckpointPublisher => {
  let prepared = false;
  let trouble = '';
  const step = async (): Promise<boolean> => {
    if (!prepared) await bus.ensureTopic(checkpointsTopic, 1);
    prepared = true;
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ size: number | string; note: string }>(unsent);
      if (rows.length > 0) await bus.publish(checkpointsTopic, rows.map(recordOf));
      if (rows.length > 0) await client.query('update notes set sent = true where size = any($1)', [rows.map((it) => it.size)]);
      await client.query('commit');
      client.release();
      trouble = '';
      return rows.length > 0;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  const worker = startWorker(step, {
    pollMs: 5_000,
    longestPauseMs: 5_000,
    onError: (error) => {
      prepared = false;
      trouble = 'cannot send checkpoints to the bus';
      onError(error);
    },
  });
  return {
    wake: () => worker.wake(),
    health: () => ({ name: 'checkpoints', ready: true, lagMs: 0, reason: trouble }),
    stop: () => worker.stop(),
  };
};
