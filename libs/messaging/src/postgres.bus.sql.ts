/**
 * The PostgreSQL bus: messages numbered per topic and partition under an advisory lock of the topic, so that whoever sees a number
 * sees all before it. Where a group stands is a row a partition; who holds its lock is its consumer.
 */
export const busSchema = /* sql */ `
create table if not exists bus_topics (topic text primary key, partitions int not null);

create table if not exists bus_messages (
  topic text, partition smallint, "offset" bigint, at timestamptz not null, key text, value bytea not null, headers text not null,
  primary key (topic, partition, "offset")
);
create index if not exists bus_messages_at on bus_messages using brin (at);

create table if not exists bus_offsets (
  "group" text, topic text, partition smallint, "offset" bigint not null, served_at timestamptz not null,
  primary key ("group", topic, partition)
) with (fillfactor = 50);

create or replace function bus_publish(p_topic text, p_partitions smallint[], p_keys text[], p_values bytea[], p_headers text[])
returns void language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
begin
  -- A lost tail is noticed and healed like that of any bus; a commit to disk for each batch would be paid for nothing.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended(p_topic, 0));
  if not exists (select from bus_topics where topic = p_topic and partitions > all(p_partitions)) then
    raise exception 'no such topic or partition: %', p_topic using errcode = 'undefined_object';
  end if;
  insert into bus_messages (topic, partition, "offset", at, key, value, headers)
  select p_topic, m.partition, ends."offset" + row_number() over (partition by m.partition order by m.n), clock_timestamp(), m.key, m.value, m.headers
  from unnest(p_partitions, p_keys, p_values, p_headers) with ordinality m(partition, key, value, headers, n)
  join (
    select p.partition, coalesce((select max(b."offset") from bus_messages b where b.topic = p_topic and b.partition = p.partition), 0) "offset"
    from (select distinct unnest(p_partitions)) p(partition)
  ) ends on ends.partition = m.partition;
  perform pg_notify('guanxi_bus', p_topic);
end $$;
`;

// As a value, not as `exists`: that may become a join, which reads the whole table.
const endOf = (it: string): string =>
  `(select l."offset" from bus_messages l where l.topic = ${it}.topic and l.partition = ${it}.partition order by l."offset" desc limit 1)`;

/**
 * Where a group stands in each partition of a topic: rows that are missing begin at 0, and so does one that stands behind its
 * partition's end, since the bus has lost what was there.
 */
export const mendOffsets = /* sql */ `
with lost as (
  select partition from bus_offsets o where "group" = $1 and topic = $2 and "offset" > coalesce(${endOf('o')}, 0) for update skip locked
), back as (
  update bus_offsets b set "offset" = 0 from lost where b."group" = $1 and b.topic = $2 and b.partition = lost.partition returning b.partition
), made as (
  insert into bus_offsets select $1, topic, generate_series(0, partitions - 1), 0, clock_timestamp() from bus_topics where topic = $2
  on conflict do nothing returning partition
)
select partition from back union all select partition from made`;

/** Takes up to $4 partitions of which there is something to read, longest not served first; $3 are left out. Each row is locked. */
export const takePartitions = /* sql */ `
select partition, "offset" from bus_offsets o
where "group" = $1 and topic = $2 and partition <> all($3::smallint[]) and ${endOf('o')} > o."offset"
order by served_at, partition for update skip locked limit $4`;

/** What comes after the offsets $3 of the partitions $2, at most $4 messages and, from the second on, 1 MiB of each. */
export const readPartitions = /* sql */ `
select partition, "offset", key, value, headers, extract(epoch from at) * 1000 as at
from unnest($2::smallint[], $3::bigint[]) o(taken, since), lateral (
  select m.*, sum(octet_length(value)) over (order by "offset") as bytes, row_number() over (order by "offset") as n from (
    select * from bus_messages m where m.topic = $1 and m.partition = o.taken and m."offset" > o.since order by m."offset" limit $4
  ) m
) m
where n = 1 or bytes <= 1048576
order by partition, "offset"`;

/** Moves a group's offsets. */
export const movePartitions = /* sql */ `
update bus_offsets b set "offset" = m."offset", served_at = clock_timestamp()
from unnest($3::smallint[], $4::bigint[]) m(partition, "offset")
where b."group" = $1 and b.topic = $2 and b.partition = m.partition`;

/** The last $2 messages of each partition of a topic. */
export const readTail = /* sql */ `
select m.partition, m."offset", m.key, m.value, m.headers, extract(epoch from m.at) * 1000 as at
from bus_topics t, generate_series(0, t.partitions - 1) p(partition), lateral (
  select * from bus_messages m where m.topic = t.topic and m.partition = p.partition order by m."offset" desc limit $2
) m
where t.topic = $1
order by m.partition, m."offset"`;

/** Removes what is older than $1 milliseconds, but never a partition's last message: its number is where the next one's comes from. */
export const retain = /* sql */ `
delete from bus_messages m where at < clock_timestamp() - make_interval(secs => $1 / 1000.0) and m."offset" < ${endOf('m')}`;
