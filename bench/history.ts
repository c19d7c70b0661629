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

/** In the order of positions, since that is how a table grows. */
const places = ({ accounts, each, wave }: Shape): string =>
  wave > 0
    ? `select n, (n - 1) / ${wave * each} * ${wave} + (n - 1) % ${wave} + 1 as k, (n - 1) / ${wave} % ${each} + 1 as v from generate_series(1, ${accounts * each}) n`
    : `select row_number() over (order by r) as n, k, row_number() over (partition by k order by r)::int as v
         from (select k, random() r from generate_series(1, ${accounts}) k, generate_series(1, ${each}) c) x order by n`;

const registered = `'{"accountId":"' || id || '","kind":"PERSON","displayName":"Customer ' || n || '","lifecycle":"POTENTIAL","segmentId":"default","source":"${'x'.repeat(300)}"}'`;
const updated = `'{"source":"source ' || n || '${'x'.repeat(370)}"}'`;

/** Its events as SQL: only how they are read counts, so the database writes them itself. Ids follow from numbers. */
export const historySql = (shape: Shape): string => {
  const { after = 0 } = shape;
  return /* sql */ `
  insert into events
  select ${after} + n, id, v, 'guanxi.accounts.v1.' || event, id, (n % 24)::smallint, '2026-11-22T08:00:00Z', (
      '{"specversion":"1.0","id":"' || gen_random_uuid() || '","source":"/guanxi/accounts","type":"guanxi.accounts.v1.' || event || '","subject":"account/' || id
      || '","time":"2026-11-22T08:00:00.000Z","datacontenttype":"application/json","streamversion":' || v || ',"schemaversion":1,"customer":"' || id
      || '","segment":"default","actor":"op-17","actorkind":"OPERATOR","role":"SALESPERSON","command":"guanxi.accounts.v1.' || command
      || '","commandid":"' || gen_random_uuid() || '","correlationid":"' || gen_random_uuid() || '","data":' || case when v = 1 then ${registered} else ${updated} end || '}')::json
    from (select n, md5(${after} || '/' || k)::uuid as id, v, case when v = 1 then 'AccountRegistered' else 'ProfileUpdated' end as event,
            case when v = 1 then 'RegisterAccount' else 'UpdateProfile' end as command from (${places(shape)}) p) e`;
};

/** Writes it, and unless more is to come what the planner and the hint bits want. */
export const writeHistory = async (url: string, shape: Shape, whole = true): Promise<number> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(historySql(shape));
  if (whole) await client.query('vacuum (freeze, analyze) events');
  await client.end();
  return shape.accounts * shape.each;
};
