import type { Entry, Outcome } from './append.call.js';
import { send } from './append.send.js';
import { openLine, stateOf } from './pool.js';
import { Rejection } from './rejection.js';

/** Bounds of an appender. */
export interface AppenderOptions {
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** How many entries may wait; more are refused with `overloaded`. */
  readonly queue?: number;
  /** How many entries go in one call. */
  readonly group?: number;
  /** How long a group is sent again and again while PostgreSQL is away, in ms. */
  readonly patience?: number;
  readonly onError?: (error: Error) => void;
  /** After each answered call: how many commands went together, and how long the call took, in ms. */
  readonly onGroup?: (commands: number, ms: number) => void;
}

/** The one writer of a process to its service's history. */
export interface Appender {
  /**
   * Writes what a command wants, together with what others want at this moment. Entries of one stream may wait together if each
   * is decided on the version after the one before.
   * @throws Rejection `overloaded`, `value-not-storable`, `history-unavailable` or `stopping`
   */
  append(entry: Entry): Promise<Outcome>;
  /** Calls `listener` with the head after each group that wrote events. Gives back how to stop it. */
  onAppend(listener: (head: number) => void): () => void;
  /** Writes what waits, refuses what comes. */
  close(): Promise<void>;
}

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

const mostBytes = 4 << 20;
const sizeOf = ({ events }: Entry): number => events.reduce((sum, it) => sum + it.head.length + it.tail.length, 0);

/**
 * Takes what can go together from the front of the queue: each key once, entries of one stream only where they follow on one
 * another. What has to wait makes everything of its stream wait.
 */
export const takeGroup = <W extends { readonly entry: Entry }>(queue: W[], most: number): W[] => {
  const keys = new Set<string>();
  const versions = new Map<string, number>();
  const group: W[] = [];
  const left: W[] = [];
  let size = 0;
  for (const waiting of queue) {
    const { stream, expected, events, key } = waiting.entry;
    const id = key?.toString('latin1');
    const fits = group.length < most && size < mostBytes;
    if (fits && (versions.get(stream.id) ?? expected) === expected && !(id && keys.has(id))) {
      versions.set(stream.id, expected + events.length);
      if (id) keys.add(id);
      size += sizeOf(waiting.entry);
      group.push(waiting);
    } else {
      versions.set(stream.id, -1);
      left.push(waiting);
    }
  }
  queue.splice(0, queue.length, ...left);
  return group;
};

/** Values that PostgreSQL cannot store: one of them refuses the whole statement, though only one command is to blame. */
const toBlame = ['22', '23', '54'];
const isToBlame = (error: unknown): boolean => toBlame.includes(stateOf(error)?.slice(0, 2) ?? '');

const blamed = (error: unknown): unknown =>
  stateOf(error)?.startsWith('23') ? error : new Rejection('value-not-storable', 'invalid', 'A value of this command cannot be stored.');

/** Opens the appender of the database at `url`; it connects at the first append. */
export const openAppender = (url: string, options: AppenderOptions = {}): Appender => {
  const { name = 'append', queue: most = 4_096, group: size = 256, patience = 10_000, onError, onGroup } = options;
  const line = openLine(url, { name, onError });
  const queue: Waiting[] = [];
  const listeners = new Set<(head: number) => void>();
  let running: Promise<void> | undefined;
  let closed = false;

  const told = (outcomes: readonly Outcome[], group: readonly Waiting[]): void => {
    let head = 0;
    group.forEach((waiting, n) => {
      const outcome = outcomes[n] as Outcome;
      if (outcome.verdict === 'done' && waiting.entry.events.length > 0) head = outcome.position;
      waiting.resolve(outcome);
    });
    if (head === 0) return;
    listeners.forEach((listener) => listener(head));
  };

  const write = async (group: readonly Waiting[]): Promise<void> => {
    const began = performance.now();
    try {
      told(
        await send(
          line,
          group.map((it) => it.entry),
          patience,
        ),
        group,
      );
      onGroup?.(group.length, performance.now() - began);
    } catch (error) {
      // Who waits behind a group that waited in vain would wait as long again.
      if (!isToBlame(error)) return [...group, ...(error instanceof Rejection ? queue.splice(0) : [])].forEach((it) => it.reject(error));
      if (group.length === 1) return group[0]?.reject(blamed(error));
      const middle = group.length >> 1;
      await write(group.slice(0, middle));
      await write(group.slice(middle));
    }
  };

  const run = async (): Promise<void> => {
    // Whoever was answered by the last group may have more to say before the next one leaves.
    for (; queue.length > 0; await new Promise(setImmediate)) await write(takeGroup(queue, size));
    running = undefined;
  };

  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Rejection('stopping', 'unavailable', 'The service is stopping.'));
        if (queue.length >= most) return reject(new Rejection('overloaded', 'exhausted', 'Too many commands wait to be written.'));
        queue.push({ entry, resolve, reject });
        running ??= new Promise(setImmediate).then(run);
      }),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      await running;
      await line.close();
    },
  };
};
