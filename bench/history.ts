import { Client } from 'pg';

/** A history of accounts: each is registered and then changed, about a kilobyte an event as commands write it. */
export interface Shape {
  readonly accounts: number;
  readonly each: number;
  /** How many accounts are changed in turn before the next so many are; 0 is all of them in random order. */
  readonly wave: number;
  /** Where it begins. */
  readonly after?: number;
}

const places = ({ accounts, each, wave }: Shape): string =>
  wave > 0
    ? `select ((k - 1) / ${wave}) * ${wave * each} + (v - 1) * ${wave} + (k - 1) % ${wave} + 1 as n, k, v
         from generate_series(1, ${accounts}) k, generate_series(1, ${each}) v`
    : `select row_number() over (order by r) as n, k, row_number() over (partition by k order by r)::int as v
         from (select k, random() r from generate_series(1, ${accounts}) k, generate_series(1, ${each}) c) x`;

/** Its events as SQL: only how they are read counts, so the database writes them itself. Ids follow from numbers. */
export const historySql = (shape: Shape): string => {
  const { after = 0 } = shape;
  return /* sql */ `
  insert into events
  select ${after} + n, id, v, type, id, (n % 24)::smallint, '2026-11-22T08:00:00Z', json_build_object('specversion', '1.0', 'id', gen_random_uuid(), 'source', '/guanxi/accounts', 'type', type,
      'subject', 'account/' || id, 'time', '2026-11-22T08:00:00.000Z', 'datacontenttype', 'application/json', 'streamversion', v, 'schemaversion', 1, 'customer', id,
      'segment', 'default', 'actor', 'op-17', 'actorkind', 'OPERATOR', 'role', 'SALESPERSON', 'command', command, 'commandid', gen_random_uuid(), 'correlationid', gen_random_uuid(),
      'data', case when v = 1 then json_build_object('accountId', id, 'kind', 'PERSON', 'displayName', 'Customer ' || n, 'segmentId', 'default', 'lifecycle', 'POTENTIAL', 'source', repeat('x', 300))
              else json_build_object('source', 'source ' || n || repeat('x', 370)) end)
    from (select n, md5(${after} || '/' || k)::uuid as id, v, case when v = 1 then 'guanxi.accounts.v1.AccountRegistered' else 'guanxi.accounts.v1.ProfileUpdated' end as type,
            case when v = 1 then 'guanxi.accounts.v1.RegisterAccount' else 'guanxi.accounts.v1.UpdateProfile' end as command from (${places(shape)}) p) e`;
};

/** Writes it, and what the planner and the hint bits want. */
export const writeHistory = async (url: string, shape: Shape): Promise<number> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(historySql(shape));
  await client.query('vacuum (freeze, analyze) events');
  await client.end();
  return shape.accounts * shape.each;
};
