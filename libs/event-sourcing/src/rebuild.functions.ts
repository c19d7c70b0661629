/**
 * DDL of the two functions by which a running service, which owns nothing, begins a generation and drops those that are of no use
 * any more. They run with their owner's rights and can do no more than that. A drop waits longer than autovacuum holds out (1 s).
 */
export const rebuildFunctions = (role: string): string => /* sql */ `
create or replace function begin_generation(p_view text, p_role text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  shape text := '^' || p_view || '_v[0-9]+_g[0-9]+$';
  live checkpoints;
  next int;
  fresh text;
  options text;
begin
  if p_view !~ '^[a-z_][a-z0-9_]*$' then
    raise exception '% is no view', p_view;
  end if;
  select * into live from checkpoints where state = 'live' and name ~ shape;
  if not found then
    raise exception '% has no live generation', p_view;
  end if;
  select coalesce(max(substring(relname from '[0-9]+$')::int), 0) + 1 into next
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname ~ shape;
  fresh := format('%s_v%s_g%s', p_view, live.version, next);
  select coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '') into options from pg_class where oid = live.name::regclass;
  execute format('create table %I (like %I including all)%s', fresh, live.name, options);
  execute format('grant select, insert, update, delete on %I to %I', fresh, p_role);
  return fresh;
end $$;

create or replace function drop_generations(p_view text) returns setof text
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '1500ms' as $$
declare
  unused text;
begin
  if p_view !~ '^[a-z_][a-z0-9_]*$' then
    raise exception '% is no view', p_view;
  end if;
  for unused in
    select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname ~ ('^' || p_view || '_v[0-9]+_g[0-9]+$') and not exists (select from checkpoints where name = relname)
  loop
    begin
      execute format('drop table %I', unused);
      return next unused;
    exception when lock_not_available then
      -- A report that still reads it keeps it; whoever comes next tries again.
      null;
    end;
  end loop;
end $$;

revoke execute on function begin_generation(text, text), drop_generations(text) from public;
grant execute on function begin_generation(text, text), drop_generations(text) to ${role};
`;

/** Whoever makes, changes or drops generations by other means than folding holds this to the end of the transaction. */
export const generationsLock = `select pg_advisory_xact_lock(hashtext('ensure views'))`;

/** Drops the tables of a view that no checkpoint names; the lock first, in a statement of its own, so that the second sees what it waited for. */
export const dropUnused = async (client: { query(text: string, values?: unknown[]): Promise<unknown> }, view: string): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(generationsLock);
    await client.query('select drop_generations($1)', [view]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};
