import type { ClientBase } from 'pg';
import { packed } from './dedicated.js';
import { generationsOf } from './view.table.js';

/**
 * DDL of `show_generation`: makes a view's SQL view show one generation's table, columns listed. It runs with its owner's rights,
 * since projectors own nothing; it can do no more than that.
 */
export const swapFunction = (role: string): string => /* sql */ `
create or replace function show_generation(p_view text, p_table text, p_role text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  listed text;
begin
  if not exists (select from checkpoints where name = p_table and p_table ~ ('^' || p_view || '_v[0-9]+_g[0-9]+$')) then
    raise exception '% is no generation of %', p_table, p_view;
  end if;
  select string_agg(quote_ident(attname), ', ' order by attnum) into listed
    from pg_attribute where attrelid = p_table::regclass and attnum > 0 and not attisdropped;
  begin
    execute format('create or replace view %I as select %s from %I', p_view, listed, p_table);
  exception when invalid_table_definition then
    -- Other columns than before: replacing allows only more of them, at the end.
    execute format('drop view %I', p_view);
    execute format('create view %I as select %s from %I', p_view, listed, p_table);
  end;
  execute format('grant select on %I to %I', p_view, p_role);
end $$;
revoke execute on function show_generation(text, text, text) from public;
grant execute on function show_generation(text, text, text) to ${role};
`;

const keep = /* sql */ `
  update checkpoints old set state = 'kept', compare = false, since = clock_timestamp(), since_entries = old.position + old.seq, updated_at = clock_timestamp()
    from checkpoints fresh where old.name = $1 and fresh.name = $2 and old.version = fresh.version`;
const end = /* sql */ `
  delete from checkpoints old using checkpoints fresh where fresh.name = $2 and old.name ~ $1 and old.name <> $3
    and (old.version < fresh.version or old.state = 'kept')`;
const show = /* sql */ `
  update checkpoints set state = 'live', compare = false, since = clock_timestamp(), since_entries = position + seq where name = $1`;

/**
 * Ends the life of a view's old generation in the transaction that is under way, which holds both checkpoint rows and has brought
 * the new one to where the old one stands: so no read goes back and no policy misses an event or sees one twice. One of the same
 * version is kept, to go back to. Commits: from the statement that shows the new table on every reader waits, so the commit goes out
 * with it in one packet, and a process that has no time just then holds up nobody.
 */
export const swap = async (client: ClientBase, view: string, old: string, fresh: string): Promise<void> => {
  const { rowCount } = await client.query(keep, [old, fresh]);
  await client.query(end, [generationsOf(view), fresh, rowCount ? old : fresh]);
  await client.query(show, [fresh]);
  await Promise.all(
    packed(client, () => [client.query('select show_generation($1, $2, current_user::text)', [view, fresh]), client.query('commit')]),
  );
};
