import type { QueryConfig } from 'pg';
import { byteas, int2s, int4s, texts, uuids } from './arrays.js';
import type { Halves } from './record.js';

/** Where an entry's events belong. */
export interface Stream {
  /** UUID. */
  readonly id: string;
  /** The aggregate's name: `order`. */
  readonly type: string;
  /** The account that its first event belongs to, else its own id; UUID. */
  readonly key: string;
  /** The partition of `key`. */
  readonly partition: number;
}

/** One event: its id and full name, which also stand in its text. */
export interface NewEvent extends Halves {
  readonly id: string;
  readonly type: string;
}

/** What one command wants written. */
export interface Entry {
  readonly stream: Stream;
  /** The stream's version that it was decided on; 0 where there was none. */
  readonly expected: number;
  /** May be empty: the version is checked and the key kept all the same. */
  readonly events: readonly NewEvent[];
  /** 32 bytes; a command without one can't be repeated. */
  readonly key?: Buffer;
  /** 32 bytes of the request; needed with a key. */
  readonly hash?: Buffer;
  /** What a repeat is answered; kept with the key. */
  readonly answer: string;
  /** Of the command, for whoever watches appends; it is written where it stands in the events' texts. */
  readonly traceparent?: string;
}

/** What became of an entry. */
export type Outcome =
  | { readonly verdict: 'done'; /** Of its last event; the head where it had none. */ readonly position: number }
  | { readonly verdict: 'repeat'; readonly position: number; readonly answer: string }
  | { readonly verdict: 'mismatch' }
  /** Its stream has another version, or another entry of its stream was refused. */
  | { readonly verdict: 'stale' };

/** What `append` answers; a part that is empty is null or left out. */
export interface Reply {
  readonly head: number;
  readonly known?: readonly { readonly n: number; readonly same: boolean; readonly position: number; readonly answer: string }[] | null;
  readonly stale?: readonly string[] | null;
}

const places = (count: number): string => Array.from({ length: count }, (_, n) => `$${n + 1}`).join(', ');
const ofOne = { name: 'append-one', text: `select append_one(${places(11)}) as reply` };
const ofMany = { name: 'append', text: `select row_to_json(a) as reply from append(${places(17)}) a` };

const callOfOne = ({ stream, expected, key, hash, answer }: Entry, { type, head, tail }: NewEvent): QueryConfig => ({
  ...ofOne,
  values: [stream.id, stream.type, stream.key, expected, key, hash, answer, type, stream.partition, head, tail],
});

const callOfMany = (group: readonly Entry[]): QueryConfig => {
  const streams = new Map<string, { first: Entry; version: number }>();
  let count = 0;
  const keyed: { entry: Entry; last: number }[] = [];
  const events: { stream: Stream; version: number; event: NewEvent }[] = [];
  for (const entry of group) {
    const { stream, expected } = entry;
    streams.set(stream.id, { first: streams.get(stream.id)?.first ?? entry, version: expected + entry.events.length });
    entry.events.forEach((event, n) => events.push({ stream, version: expected + n + 1, event }));
    count += entry.events.length;
    if (entry.key) keyed.push({ entry, last: count });
  }
  const s = [...streams.values()];
  const values = [
    uuids(s.map((it) => it.first.stream.id)),
    texts(s.map((it) => it.first.stream.type)),
    uuids(s.map((it) => it.first.stream.key)),
    int4s(s.map((it) => it.first.expected)),
    int4s(s.map((it) => it.version)),
    byteas(keyed.map((it) => it.entry.key as Buffer)),
    byteas(keyed.map((it) => it.entry.hash as Buffer)),
    uuids(keyed.map((it) => it.entry.stream.id)),
    int4s(keyed.map((it) => it.last)),
    texts(keyed.map((it) => it.entry.answer)),
    uuids(events.map((it) => it.stream.id)),
    int4s(events.map((it) => it.version)),
    texts(events.map((it) => it.event.type)),
    uuids(events.map((it) => it.stream.key)),
    int2s(events.map((it) => it.stream.partition)),
    texts(events.map((it) => it.event.head)),
    texts(events.map((it) => it.event.tail)),
  ];
  return { ...ofMany, values };
};

/**
 * The call for a group; entries of one stream stand in order, each decided on the version after the one before.
 * Its one row is `{ reply: Reply }`.
 */
export const appendCall = (group: readonly Entry[]): QueryConfig => {
  const [entry, event] = [group[0], group[0]?.events[0]];
  return group.length === 1 && entry?.key && event && entry.events.length === 1 ? callOfOne(entry, event) : callOfMany(group);
};

/** What became of each entry of a group. */
export const outcomesOf = (group: readonly Entry[], { head, known, stale }: Reply): Outcome[] => {
  const barred = new Set(stale);
  const found = new Map<Entry, Outcome>();
  if (known) {
    const keyed = group.filter((it) => it.key);
    for (const { n, same, position, answer } of known) {
      const entry = keyed[n - 1] as Entry;
      barred.add(entry.stream.id);
      found.set(entry, same ? { verdict: 'repeat', position, answer } : { verdict: 'mismatch' });
    }
  }
  let position = head;
  return group.map((entry) => {
    const refused = found.get(entry);
    if (refused) return refused;
    if (barred.has(entry.stream.id)) return { verdict: 'stale' };
    position += entry.events.length;
    return { verdict: 'done', position };
  });
};
