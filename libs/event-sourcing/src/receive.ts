import type { Pool, QueryConfig } from 'pg';
import { texts } from './arrays.js';
import { notifier } from './notify.js';
import { historyLock } from './schema.js';

/**
 * `receive`: appends messages of one partition of one source under the history's lock and moves the inbox row. A message that is
 * not above the row is passed over, one whose `prev` is the row's position is taken, at anything else it stops; so it does at
 * once where the row is of another epoch. `done` counts the messages it went past.
 */
export const receiveFunction = /* sql */ `
create or replace function receive(
  p_source text, p_partition smallint, p_epoch text,
  p_positions bigint[], p_prevs bigint[], p_types text[], p_keys text[], p_records text[],
  out row_epoch text, out row_position bigint, out done int, out taken int
) language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  chain int[] := '{}';
begin
  -- A lost tail is a gap like any other, and fetched again.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(${historyLock});
  select i.epoch, i.position into row_epoch, row_position from inbox i where i.source = p_source and i.partition = p_partition for update;
  if not found then row_epoch := ''; row_position := 0; end if;
  done := 0; taken := 0;
  if row_epoch <> p_epoch then return; end if;
  for n in 1 .. cardinality(p_positions) loop
    if p_positions[n] > row_position then
      exit when p_prevs[n] <> row_position;
      row_position := p_positions[n];
      chain := chain || n;
    end if;
    done := n;
  end loop;
  if cardinality(chain) = 0 then return; end if;
  -- The same text at the same position was heard in an epoch before: it is the same event. One of this epoch can only be a forgery.
  -- Asked as a value for each message: \`not exists\` may become a join that reads the whole table.
  with fresh as materialized (
    select m.n, m.position, m.type, m.key, m.record from unnest(p_positions, p_types, p_keys, p_records) with ordinality m(position, type, key, record, n)
    where m.n = any(chain)
      and (select r.seq from received r where r.source = p_source and r.source_position = m.position
           and (r.record = m.record or r.epoch = p_epoch) limit 1) is null
  )
  insert into received (seq, after, received_at, source, epoch, source_position, type, key, record)
  select coalesce((select max(seq) from received), 0) + row_number() over (order by f.n),
         coalesce((select max(e.position) from events e), 0), clock_timestamp(), p_source, p_epoch, f.position, f.type, f.key, f.record
  from fresh f;
  get diagnostics taken = row_count;
  update inbox i set position = row_position where i.source = p_source and i.partition = p_partition;
end $$;
`;

/** How far a consumer has come in one partition of one source: `{ epoch: '', position: 0 }` before the first message. */
export interface InboxRow {
  readonly epoch: string;
  readonly position: number;
}

/** One message as it is stored; `prev` is the position before it in its partition. */
export interface Incoming {
  readonly position: number;
  readonly prev: number;
  readonly type: string;
  readonly key: string | undefined;
  readonly record: string;
}

/** The row after a call of `receive`; `done` messages were taken or passed over, `taken` of them are new. */
export interface Received {
  readonly row: InboxRow;
  readonly done: number;
  readonly taken: number;
}

/** Writes what a service hears of others into its own recorded order. */
export interface Receiver {
  /** At most 100 messages of one epoch, in order; it holds the lock that commands wait for. */
  receive(source: string, partition: number, epoch: string, messages: readonly Incoming[]): Promise<Received>;
  /** Moves the inbox row into another epoch, unless somebody else has moved it from `from` before. */
  enter(source: string, partition: number, from: InboxRow, to: InboxRow): Promise<void>;
}

interface Heard {
  readonly source: string;
  readonly partition: number;
  readonly epoch: string;
  readonly messages: readonly Incoming[];
}

const parameters = ['text', 'smallint', 'text', 'bigint[]', 'bigint[]', 'text[]', 'text[]', 'text[]'];
const argumentsOf = (n: number): string => parameters.map((type, i) => `$${n * parameters.length + i + 1}::${type}`).join(', ');

/** One call for what several partitions bring: one wait for the lock, one commit. Each call inside reads what those before it wrote. */
const receiveAll = (heard: readonly Heard[]): QueryConfig => ({
  name: `receive ${heard.length}`,
  text: /* sql */ `
    select r.row_epoch, r.row_position, r.done, r.taken
      from (values ${heard.map((_, n) => `(${n}, ${argumentsOf(n)})`).join(', ')}) v(n, source, partition, epoch, positions, prevs, types, keys, records),
           lateral receive(v.source, v.partition, v.epoch, v.positions, v.prevs, v.types, v.keys, v.records) r order by v.n`,
  values: heard.flatMap(({ source, partition, epoch, messages }) => {
    const column = <K extends keyof Incoming>(name: K): (Incoming[K] | null)[] => messages.map((it) => it[name] ?? null);
    const records = texts(messages.map(({ record }) => record));
    return [source, partition, epoch, column('position'), column('prev'), column('type'), column('key'), records];
  }),
});

/** Commands wait for the lock that is held meanwhile. */
const mouthful = 100;

/** From the front of the queue what goes together: partitions whose messages are no more than one alone may bring. */
const takeMouthful = <W extends { readonly heard: Heard }>(queue: W[]): W[] => {
  let size = 0;
  const end = queue.findIndex(({ heard }, n) => (size += heard.messages.length) > mouthful && n > 0);
  return queue.splice(0, end < 0 ? queue.length : end);
};

type Waiting = { readonly heard: Heard } & Omit<PromiseWithResolvers<Received>, 'promise'>;

/** The receiver of one database; `onReceived` is called in process, others hear one coalesced NOTIFY guanxi_received. */
export const receiver = (pool: Pool, onReceived: () => void = () => undefined): Receiver => {
  const notify = notifier(pool, 'guanxi_received');
  const queue: Waiting[] = [];
  let running = false;

  const write = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const { rows } = await pool.query<{ row_epoch: string; row_position: string | number; done: number; taken: number }>(
        receiveAll(group.map((it) => it.heard)),
      );
      rows.forEach((it, n) => group[n]?.resolve({ row: { epoch: it.row_epoch, position: Number(it.row_position) }, done: it.done, taken: it.taken }));
      if (rows.some((it) => it.taken > 0)) {
        onReceived();
        notify();
      }
    } catch (error) {
      // One that is to blame must not stop the other partitions.
      if (group.length === 1) group[0]?.reject(error);
      else for (const it of group) await write([it]);
    }
  };

  const run = async (): Promise<void> => {
    // So that all partitions of one reading go together.
    for (; queue.length > 0; await new Promise(setImmediate)) await write(takeMouthful(queue));
    running = false;
  };

  return {
    receive: (source, partition, epoch, messages) => {
      const { promise, resolve, reject } = Promise.withResolvers<Received>();
      queue.push({ heard: { source, partition, epoch, messages }, resolve, reject });
      if (!running) {
        running = true;
        setImmediate(() => void run());
      }
      return promise;
    },
    enter: async (source, partition, from, to) => {
      await pool.query(
        `insert into inbox as i (source, partition, epoch, position) values ($1, $2, $3, $4)
         on conflict (source, partition) do update set epoch = excluded.epoch, position = excluded.position
         where i.epoch = $5 and i.position = $6`,
        [source, partition, to.epoch, to.position, from.epoch, from.position],
      );
    },
  };
};

/** The type of a value that is not a record. */
export const unreadable = 'unreadable';

/** What stands in `received`: the exact text, or base64 of the bytes where they are not the JSON of a record. Nothing in a value can stop it. */
export const heard = (value: Buffer, key?: string): Pick<Incoming, 'type' | 'key' | 'record'> => {
  const record = readable(value);
  if (record) return record;
  return { type: unreadable, key: key === undefined || key.includes('\0') ? undefined : key, record: value.toString('base64') };
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const readable = (value: Buffer): Pick<Incoming, 'type' | 'key' | 'record'> | undefined => {
  try {
    const record = utf8.decode(value);
    const { type, customer, subject } = JSON.parse(record) as { type?: unknown; customer?: unknown; subject?: unknown };
    // NUL is a text to JSON and none to PostgreSQL.
    if (typeof type !== 'string' || type.includes('\0')) return undefined;
    const key = typeof customer === 'string' ? customer : typeof subject === 'string' ? subject.slice(subject.indexOf('/') + 1) : undefined;
    return { type, key: key?.includes('\0') ? undefined : key, record };
  } catch {
    return undefined;
  }
};
