/** The advisory lock of a database's history: whoever appends or receives holds it to the end of the transaction. */
export const historyLock = 4_711;

/**
 * The kit's own tables, one database a service (architecture.md §5). `append` and `receive` stand in files of their own.
 * View tables are made from the views' definitions, not here.
 */
export const tables = /* sql */ `
create table streams (
  id uuid primary key, type text not null, key uuid not null, version int not null
) with (fillfactor = 70);

create table events (
  position bigint primary key, stream_id uuid not null, version int not null, type text not null, key uuid not null,
  partition smallint not null, recorded_at timestamptz not null, record json not null,
  unique (stream_id, version)
);
create index events_partition on events (partition, position);

create table commands (
  key bytea primary key, hash bytea not null, position bigint not null, answer text not null
);

create table received (
  seq bigint primary key, after bigint not null, received_at timestamptz not null, source text not null, epoch text not null,
  source_position bigint not null, type text not null, key text, record text not null,
  unique (source, source_position, epoch)
);
create table inbox (
  source text, partition smallint, epoch text not null, position bigint not null, primary key (source, partition)
);

create table epochs (id text primary key, base bigint not null);

create table checkpoints (
  name text primary key, version int not null, generation int not null, position bigint not null, seq bigint not null,
  state text not null default 'live', reason text, updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create table snapshots (
  stream_id uuid primary key, version int not null, decider int not null, state json not null
);

create table timers (
  id uuid primary key, due timestamptz not null, policy text not null, cause json not null, command text not null, request json not null
);
create index timers_due on timers (due);
`;
