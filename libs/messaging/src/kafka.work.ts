import type { EachBatchPayload } from 'kafkajs';
import type { Batch } from './bus.js';
import { delivered } from './kafka.record.js';

/** How far a partition is handled: `offset` is the next one. */
interface Offset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** What a consumer's batches need. */
export interface WorkOptions {
  readonly handle: (batch: Batch) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly commit: (offsets: Offset[]) => Promise<void> | undefined;
}

/** A consumer's work on its batches, beyond the life of one membership. */
export interface BatchWork {
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  /** The membership is over: work under way is told at its next heartbeat, and none of it is committed. */
  readonly leave: () => void;
  /** When the work under way that has been silent longest last gave a heartbeat; now where there is none. */
  readonly lastBeat: () => number;
  /** Takes nothing more, waits for what is under way and commits it. */
  readonly close: (pauseAll: () => void) => Promise<void>;
}

/** The partition may be another consumer's by now. */
class PartitionLost extends Error {}

/** kafkajs fetches nothing more while a batch is under way: who takes longer is set aside, so that the other partitions go on. */
const patienceMs = 500;
const longestRest = 30_000;
/** Offsets are a hint: a request for each batch would be paid for little. */
const commitMs = 200;
/** Batches of one topic at once: a neighbour that is away must not hold all connections of the service. */
const atOnce = 4;

/** Whether it ended within so many milliseconds, and with what. */
const within = async <T>(ms: number, it: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  return Promise.race([it, late]).finally(() => clearTimeout(timer));
};

/** Lets so many in at once; the others wait in order. */
const turnstile = (places: number) => {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    enter: (): Promise<void> => (free > 0 ? Promise.resolve(void free--) : new Promise((resolve) => waiting.push(resolve))),
    leave: (): void => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
};

/** The work of one subscription: batches are handed on, resolved, and committed a little later. */
export const batchWork = (options: WorkOptions): BatchWork => {
  const underWay = new Map<string, Promise<number>>();
  const beats = new Map<string, number>();
  const handled = new Map<string, Offset>();
  const failures = new Map<string, number>();
  const turnstiles = new Map<string, ReturnType<typeof turnstile>>();
  let membership = 0;
  let closing = false;
  let committing: NodeJS.Timeout | undefined;

  const commitHandled = async (): Promise<void> => {
    clearTimeout(committing);
    committing = undefined;
    const since = membership;
    const offsets = [...handled.values()];
    handled.clear();
    if (offsets.length === 0) return;
    try {
      await options.commit(offsets);
    } catch (error) {
      if (since === membership) options.onError(error);
    }
  };

  const rest = (name: string, error: unknown): number => {
    const count = (failures.get(name) ?? 0) + 1;
    failures.set(name, count);
    options.onError(error);
    return Math.min(longestRest, 50 * 2 ** Math.min(count, 12));
  };

  /** Hands one batch on; gives back how many milliseconds its partition is to rest. */
  const work = async (name: string, payload: EachBatchPayload): Promise<number> => {
    const { topic, partition, messages } = payload.batch;
    const since = membership;
    const gate = turnstiles.get(topic) ?? turnstile(atOnce);
    turnstiles.set(topic, gate);
    const records = messages.map((it) => delivered(topic, partition, it));
    const alive = async (): Promise<void> => {
      beats.set(name, Date.now());
      if (since === membership) await payload.heartbeat().catch((cause: unknown) => Promise.reject(new PartitionLost('no heartbeat', { cause })));
      if (since !== membership) throw new PartitionLost(`${topic} ${partition} may be another consumer's by now.`);
    };
    await gate.enter();
    beats.set(name, Date.now());
    try {
      if (since !== membership || closing) return 0;
      await options.handle({ topic, partition, records, heartbeat: alive });
      failures.delete(name);
      const last = records.at(-1);
      if (since !== membership || !last) return 0;
      payload.resolveOffset(String(last.offset));
      handled.set(name, { topic, partition, offset: String(last.offset + 1) });
      committing ??= setTimeout(() => void commitHandled(), commitMs);
      return 0;
    } catch (error) {
      return since !== membership || error instanceof PartitionLost ? 0 : rest(name, error);
    } finally {
      gate.leave();
      beats.delete(name);
      underWay.delete(name);
    }
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition } = payload.batch;
    const name = `${topic}/${partition}`;
    if (closing) return;
    // Of an earlier membership: its records come again when it has ended.
    const its = underWay.get(name) ?? work(name, payload);
    if (!underWay.has(name)) underWay.set(name, its);
    const restMs = await within(patienceMs, its);
    if (restMs === 0) return;
    const resume = payload.pause();
    void its.then((ms) => (ms > 0 ? setTimeout(resume, ms).unref() : resume()));
  };

  return {
    eachBatch,
    leave: () => {
      membership++;
      handled.clear();
    },
    lastBeat: () => Math.min(Date.now(), ...beats.values()),
    close: async (pauseAll) => {
      closing = true;
      if (underWay.size > 0) pauseAll();
      await Promise.all(underWay.values());
      await commitHandled();
    },
  };
};
