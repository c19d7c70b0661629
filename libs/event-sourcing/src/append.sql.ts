import { historyLock } from './schema.js';

/**
 * `append`: writes a group of commands under the history's lock, in one call. Each argument is a column of one of three tables:
 * `s_` the streams (the version they were decided on, the version after), `c_` the commands that bear a key (`c_last` counts the
 * group's events up to the command's last), `e_` the events in order, their records in two halves around the time.
 * Answers the head before the group; the keys that were known, by number, with their first answers; the streams that had moved.
 * A stream that moved, or of which one command was known, is left as it is; everything else is written.
 */
export const appendFunction = /* sql */ `
create or replace function append(
  s_id uuid[], s_type text[], s_key uuid[], s_base int[], s_version int[],
  c_key bytea[], c_hash bytea[], c_stream uuid[], c_last int[], c_answer text[],
  e_stream uuid[], e_version int[], e_type text[], e_key uuid[], e_partition smallint[], e_head text[], e_tail text[],
  out head bigint, out known json, out stale uuid[]
) language plpgsql
-- A plan that was made while a table was empty must not scan it later; planning anew each time costs half as much as the work.
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  at timestamptz; stamp text; barred uuid[];
begin
  -- Every statement after this one sees what was committed while it waited.
  perform pg_advisory_xact_lock(${historyLock});
  select position, recorded_at into head, at from events order by position desc limit 1;
  head := coalesce(head, 0);
  at := greatest(date_trunc('milliseconds', clock_timestamp()), at);
  stamp := to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

  -- Looked up as values, with a limit where they are rows: as a join it was planned, while a table was small, to read the whole of it.
  if exists (select from unnest(c_key) c(key) where (select true from commands k where k.key = c.key))
  or exists (select from unnest(s_id, s_base) s(id, base) where coalesce((select t.version from streams t where t.id = s.id), 0) <> s.base) then
    select array_agg(c.stream), json_agg(json_build_object('n', c.n, 'same', k.hash = c.hash, 'position', k.position, 'answer', k.answer))
      into barred, known
      from unnest(c_key, c_hash, c_stream) with ordinality c(key, hash, stream, n), lateral (select * from commands where key = c.key limit 1) k;
    select array_agg(s.id) into stale
      from unnest(s_id, s_base) s(id, base) where coalesce((select t.version from streams t where t.id = s.id), 0) <> s.base;
    barred := barred || stale;
    select array_agg(key order by n), array_agg(hash order by n), array_agg(answer order by n), array_agg(last order by n)
      into c_key, c_hash, c_answer, c_last from (
        select n, key, hash, answer, last - (select count(*) from unnest(e_stream) with ordinality e(stream, n) where e.n <= last and e.stream = any(barred))::int
          from unnest(c_key, c_hash, c_stream, c_last, c_answer) with ordinality c(key, hash, stream, last, answer, n) where stream <> all(barred)
      ) c(n, key, hash, answer, last);
    select array_agg(stream order by n), array_agg(version order by n), array_agg(type order by n), array_agg(key order by n),
           array_agg(partition order by n), array_agg(half order by n), array_agg(rest order by n)
      into e_stream, e_version, e_type, e_key, e_partition, e_head, e_tail
      from unnest(e_stream, e_version, e_type, e_key, e_partition, e_head, e_tail) with ordinality e(stream, version, type, key, partition, half, rest, n)
     where stream <> all(barred);
    select array_agg(id), array_agg(type), array_agg(key), array_agg(base), array_agg(version) into s_id, s_type, s_key, s_base, s_version
      from unnest(s_id, s_type, s_key, s_base, s_version) s(id, type, key, base, version) where id <> all(barred);
  end if;

  -- unnest in the select list runs in step and keeps no copy; in FROM each array would be stored first.
  insert into streams select id, type, key, version
    from (select unnest(s_id) id, unnest(s_type) type, unnest(s_key) key, unnest(s_base) base, unnest(s_version) version) s where version > base
    on conflict (id) do update set version = excluded.version;
  insert into events select head + n, stream, version, type, key, partition, at, (half || stamp || rest)::json
    from (select generate_series(1, cardinality(e_stream)) n, unnest(e_stream) stream, unnest(e_version) version, unnest(e_type) type,
                 unnest(e_key) key, unnest(e_partition) partition, unnest(e_head) half, unnest(e_tail) rest) e;
  insert into commands select unnest(c_key), unnest(c_hash), head + unnest(c_last), unnest(c_answer);
end $$;
`;
