import { setTimeout as pause } from 'node:timers/promises';
import { appendCall, outcomesOf, type Entry, type Outcome, type Reply } from './append.call.js';
import { uuids, int4s } from './arrays.js';
import { isPassing, type Line } from './pool.js';
import { Rejection } from './rejection.js';

const firstPauseMs = 20;
const longestPauseMs = 500;

/**
 * Sends a group until it is answered. A lost connection says nothing of the group: it is sent again, and what the lost call did
 * is found by the keys and by the events' own ids.
 * @throws Rejection unavailable after `patience` ms without an answer; whatever else PostgreSQL refuses the statement for
 */
export const send = async (line: Line, group: readonly Entry[], patience: number): Promise<Outcome[]> => {
  const call = appendCall(group);
  const until = performance.now() + patience;
  for (let lost = 0; ; lost++)
    try {
      const { rows } = await line.query<{ reply: Reply }>(call);
      const outcomes = outcomesOf(group, (rows[0] as { reply: Reply }).reply);
      return lost === 0 || outcomes.every((it) => it.verdict === 'done') ? outcomes : await withOwn(line, group, outcomes);
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() > until)
        throw new Rejection(
          'history-unavailable',
          'unavailable',
          'The history could not be written; whether it was done shows by trying again with the same key.',
        );
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** lost));
    }
};

const ownEvents = /* sql */ `
  select e.stream_id || ' ' || e.version as at, e.position, e.record->>'id' as id
    from unnest($1::uuid[], $2::int[]) w(stream, version) join events e on e.stream_id = w.stream and e.version = w.version`;

/** Entries that look refused, though it was the lost call that wrote them, are done. */
const withOwn = async (line: Line, group: readonly Entry[], outcomes: readonly Outcome[]): Promise<Outcome[]> => {
  const doubtful = group.filter(({ events }, n) => events.length > 0 && ['stale', 'repeat'].includes(outcomes[n]?.verdict ?? ''));
  const values = [uuids(doubtful.map((it) => it.stream.id)), int4s(doubtful.map((it) => it.expected + 1))];
  const { rows } = await line.query<{ at: string; position: number; id: string }>({ name: 'own-events', text: ownEvents, values });
  const written = new Map(rows.map((it) => [it.at, it]));
  return outcomes.map((outcome, n) => {
    const { stream, expected, events } = group[n] as Entry;
    const first = written.get(`${stream.id} ${expected + 1}`);
    if (outcome.verdict === 'mismatch' || !first || first.id !== events[0]?.id) return outcome;
    return { verdict: 'done', position: first.position + events.length - 1 };
  });
};
