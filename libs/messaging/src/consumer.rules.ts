import type { InboxRow } from '@guanxi/event-sourcing/receive';

/** Where a message stands in its source's history, as its headers say; `prev` is the position before it in its partition. */
export interface Place {
  readonly epoch: string;
  readonly position: number;
  readonly prev: number;
}

/** A stretch of an owner's history between restores: UUIDv7, compared as text, and the last position it shares with the epoch before. */
export interface Epoch {
  readonly id: string;
  readonly base: number;
}

/** What a consumer does with one message. */
export type Verdict = 'drop' | 'enter' | 'duplicate' | 'take' | 'fetch';

/** A part of one partition of the owner's history, ascending, and the owner's epoch at that moment. */
export interface Stretch<M> {
  readonly epoch: string;
  readonly messages: readonly M[];
}

/** What `hear` wants done next; each is answered by the type beside it. */
export type Ask<M> =
  | { readonly ask: 'receive'; readonly epoch: string; readonly messages: readonly M[] } // { row, done }: as `walk` says
  | { readonly ask: 'epochs' } // Epoch[], asked of the owner
  | { readonly ask: 'enter'; readonly from: InboxRow; readonly to: InboxRow } // nothing
  | { readonly ask: 'range'; readonly after: number; readonly upTo: number } // Stretch<M>, asked of the owner
  | { readonly ask: 'unhappened'; readonly after: number; readonly upTo: number } // nothing: what was heard there, a restore has undone
  | { readonly ask: 'dropped'; readonly count: number }; // nothing

/** The consumer's rules, one by one, so that a test can take each of them out. */
export interface ConsumerRules {
  readonly judge: (row: InboxRow, message: Place) => Verdict;
  readonly enter: (row: InboxRow, epochs: readonly Epoch[]) => InboxRow;
  readonly isOwners: (message: Place, epochs: readonly Epoch[]) => boolean;
}

const newest = (epochs: readonly Epoch[]): string => epochs.reduce((last, { id }) => (id > last ? id : last), '');

/** The rules as they hold (architecture.md §6). */
export const consumerRules: ConsumerRules = {
  judge: (row, { epoch, position, prev }) => {
    if (epoch < row.epoch) return 'drop';
    if (epoch > row.epoch) return 'enter';
    if (position <= row.position) return 'duplicate';
    return prev === row.position ? 'take' : 'fetch';
  },
  // An epoch that the owner does not know was made after a restore that another restore has undone: nobody can say what it shared.
  // Everything is fetched again then; `receive` passes over what is held with the same text.
  enter: (row, epochs) => {
    const known = row.epoch === '' || epochs.some(({ id }) => id === row.epoch);
    const bases = epochs.filter(({ id }) => id > row.epoch).map(({ base }) => base);
    return { epoch: newest(epochs), position: known ? Math.min(row.position, ...bases) : 0 };
  },
  isOwners: ({ epoch }, epochs) => epochs.some(({ id }) => id === epoch),
};

/** The same walk over a batch that the SQL function `receive` does: `done` messages are settled, the one after them is neither new nor next. */
export const walk = <M extends Place>(
  row: InboxRow,
  epoch: string,
  messages: readonly M[],
  { judge }: Pick<ConsumerRules, 'judge'> = consumerRules,
) => {
  const taken: M[] = [];
  let at = row;
  let done = 0;
  if (row.epoch !== epoch) return { row, done, taken };
  for (const message of messages) {
    const verdict = judge(at, message);
    if (verdict === 'take') {
      taken.push(message);
      at = { epoch, position: message.position };
    } else if (verdict !== 'duplicate') break;
    done++;
  }
  return { row: at, done, taken };
};

const whole = /^\d{1,15}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a message's headers; undefined where they are missing or make no sense: then it is not ours. */
export const placeOf = (headers: Readonly<Record<string, string | undefined>>): Place | undefined => {
  const { epoch = '', position = '', 'prev-position': prev = '' } = headers;
  if (!uuid.test(epoch) || !whole.test(position) || !whole.test(prev) || Number(prev) >= Number(position)) return undefined;
  return { epoch, position: Number(position), prev: Number(prev) };
};

/** `receive` holds the lock that commands wait for, so it gets no more at once. */
const mouthful = 100;

/**
 * Hears a batch of one partition: the consumer's whole way, as steps that somebody else carries out (the consumer on PostgreSQL,
 * the simulation in memory), so that what is walked a million times is what runs. When it has ended the batch is settled; when a
 * step fails, the same batch is heard again later.
 */
export function* hear<M extends Place>(batch: readonly M[], rules: ConsumerRules = consumerRules): Generator<Ask<M>, void, never> {
  let rest = batch;
  for (let first = rest[0]; first; first = rest[0]) {
    const epoch = first.epoch;
    const other = rest.findIndex((it) => it.epoch !== epoch);
    const run = rest.slice(0, Math.min(mouthful, other < 0 ? rest.length : other));
    const { row, done }: { row: InboxRow; done: number } = yield { ask: 'receive', epoch, messages: run };
    const stuck = run[done];
    rest = rest.slice(done);
    if (stuck) rest = rest.slice(yield* settle(row, stuck, run.length - done, rules));
  }
}

/** Deals with a message that `receive` stopped at; gives back how many of its run are settled by that. */
function* settle<M extends Place>(row: InboxRow, stuck: M, run: number, rules: ConsumerRules): Generator<Ask<M>, number, never> {
  const verdict = rules.judge(row, stuck);
  if (verdict === 'fetch') {
    yield* heal(row, stuck);
    return 1;
  }
  if (verdict === 'enter') {
    const epochs: readonly Epoch[] = yield { ask: 'epochs' };
    if (rules.isOwners(stuck, epochs)) {
      const to = rules.enter(row, epochs);
      yield { ask: 'enter', from: row, to };
      if (to.position < row.position) yield { ask: 'unhappened', after: to.position, upTo: row.position };
      return 0;
    }
  }
  yield { ask: 'dropped', count: run };
  return run;
}

/**
 * Fetches (row's position, message's position] from the owner. It ends early where the owner is in another epoch by now, has no such
 * position, or somebody else moved the row: then the message is dropped, and the next one of the partition shows what is missing.
 */
function* heal<M extends Place>(row: InboxRow, message: M): Generator<Ask<M>, void, never> {
  for (let after = row.position; after < message.position;) {
    const stretch: Stretch<M> = yield { ask: 'range', after, upTo: message.position };
    const last = stretch.messages.at(-1)?.position ?? after;
    if (last <= after) return;
    const linked = stretch.messages.map((it, n) => ({ ...it, epoch: stretch.epoch, prev: stretch.messages[n - 1]?.position ?? after }));
    for (let n = 0; n < linked.length; n += mouthful) {
      const messages = linked.slice(n, n + mouthful);
      // Under the owner's epoch of now: where it is not the row's any more, `receive` stops at once.
      const { done }: { done: number } = yield { ask: 'receive', epoch: stretch.epoch, messages };
      if (done < messages.length) return;
    }
    after = last;
  }
}
