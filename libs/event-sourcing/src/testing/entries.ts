import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Entry } from '../append.call.js';
import { requestHash, storedKey, uuid7 } from '../ids.js';
import { partitionOf } from '../partition.js';
import { writeRecord } from '../record.js';

/** What to change of a plain entry. */
export interface EntryOptions {
  readonly expected?: number;
  /** How many events. */
  readonly count?: number;
  readonly key?: string;
  readonly request?: string;
  readonly text?: string;
}

/** An entry of a stream of the tests' own: one event of guanxi.test.v1.Happened. */
export const entryOf = (id: string = randomUUID(), { expected = 0, count = 1, key, request = 'first', text = 'x' }: EntryOptions = {}): Entry => ({
  stream: { id, type: 'thing', key: id, partition: partitionOf(id, 24) },
  expected,
  events: Array.from({ length: count }, (_, n) => {
    const event = { id: uuid7(), type: 'guanxi.test.v1.Happened' };
    const version = expected + n + 1;
    const halves = writeRecord({
      ...event,
      source: '/guanxi/test',
      subject: `thing/${id}`,
      streamversion: version,
      schemaversion: 1,
      data: { text },
    });
    return { ...event, ...halves };
  }),
  ...(key === undefined ? {} : { key: storedKey('op-17', key), hash: requestHash('guanxi.test.v1.Do', request) }),
  answer: JSON.stringify({ id, version: expected + count }),
});

/** Asks the database at `url` once. */
export const ask = async <R extends object>(url: string, text: string, values: unknown[] = []): Promise<R[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
};

/** What must hold of every history; empty where it does. */
export const faultsOf = async (url: string): Promise<string[]> => {
  const checks: Record<string, string> = {
    'positions are 1..N': `select 1 from (select count(*) n, coalesce(max(position), 0) m from events) x where n <> m`,
    'versions are 1..n': `select 1 from (select stream_id, count(*) n, max(version) m, min(version) l from events group by 1) x where n <> m or l <> 1`,
    'streams know their version': `select 1 from streams s full join (select stream_id, max(version) version from events group by 1) e on e.stream_id = s.id
                                   where s.version is distinct from e.version`,
    'the order of versions is the order of positions': `select 1 from (select version, lag(version, 1, 0) over (partition by stream_id order by position) before from events) x where version <> before + 1`,
    'time never falls': `select 1 from (select recorded_at, lag(recorded_at) over (order by position) before from events) x where recorded_at < before`,
    'the columns say what the text says': `select 1 from events where record->>'type' <> type or (record->>'streamversion')::int <> version
      or record->>'subject' <> 'thing/' || stream_id or (record->>'time')::timestamptz <> recorded_at or record->>'time' !~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'`,
    'no event stands twice': `select 1 from events group by record->>'id' having count(*) > 1`,
  };
  const found = await Promise.all(Object.entries(checks).map(async ([rule, sql]) => ((await ask(url, `${sql} limit 1`)).length > 0 ? rule : '')));
  return found.filter((it) => it !== '');
};
