import { historyLock } from './schema.js';

/**
 * `append_one`: what `append` does, for one command with a key and one event: plain values need no arrays, and one statement reads
 * all that is to be known before. Half of what `append` costs there. Whatever is out of the ordinary is left to `append`.
 * Answers the row of `append` as JSON.
 */
export const appendOneFunction = /* sql */ `
create or replace function append_one(
  s_id uuid, s_type text, s_key uuid, s_base int, c_key bytea, c_hash bytea, c_answer text, e_type text, e_partition smallint, e_head text, e_tail text
) returns json language plpgsql
as $$
declare
  head bigint; at timestamptz; passes boolean; stamp text;
begin
  -- Every statement after this one sees what was committed while it waited.
  perform pg_advisory_xact_lock(${historyLock});
  select position, greatest(date_trunc('milliseconds', clock_timestamp()), recorded_at),
         not exists (select from commands where key = c_key) and coalesce((select version from streams where id = s_id), 0) = s_base
    into head, at, passes from events order by position desc limit 1;
  if passes is not true then
    return (select row_to_json(a) from append(
      array[s_id], array[s_type], array[s_key], array[s_base], array[s_base + 1],
      array[c_key], array[c_hash], array[s_id], array[1], array[c_answer],
      array[s_id], array[s_base + 1], array[e_type], array[s_key], array[e_partition], array[e_head], array[e_tail]) a);
  end if;

  stamp := to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  insert into streams values (s_id, s_type, s_key, s_base + 1) on conflict (id) do update set version = excluded.version;
  insert into events values (head + 1, s_id, s_base + 1, e_type, s_key, e_partition, at, (e_head || stamp || e_tail)::json);
  insert into commands values (c_key, c_hash, head + 1, c_answer);
  return '{"head":' || head || '}';
end $$;
`;
