import { Client } from 'pg';

/** Rules that every service's database keeps, whatever was killed: a query each that finds a row only where the rule is broken. */
const rules: Readonly<Record<string, string>> = {
  'positions are 1..N without gaps': `select 1 from (select count(*) n, coalesce(max(position), 0) last from events) x where n <> last`,
  'versions of each stream are 1..n': `select 1 from (select count(*) n, min(version) first, max(version) last from events group by stream_id) x where n <> last or first <> 1`,
  'streams stand at their last version': `select 1 from streams s full join (select stream_id, max(version) version from events group by 1) e on e.stream_id = s.id where s.version is distinct from e.version`,
  'time never falls in the order of positions': `select 1 from (select recorded_at, lag(recorded_at) over (order by position) before from events) x where recorded_at < before`,
  'no event stands twice': `select 1 from events group by record->>'id' having count(*) > 1`,
  'nothing was received twice': `select 1 from received group by source, epoch, source_position having count(*) > 1`,
  'numbers of the received are 1..N': `select 1 from (select count(*) n, coalesce(max(seq), 0) last from received) x where n <> last`,
};

/** The rules that a database breaks; empty where it keeps them all. */
export const brokenRules = async (url: string): Promise<string[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const [rule, sql] of Object.entries(rules)) if ((await client.query(`${sql} limit 1`)).rowCount) broken.push(rule);
    return broken;
  } finally {
    await client.end();
  }
};

/** One figure of a database. */
export const figure = async (url: string, sql: string): Promise<number> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>(`select (${sql})::bigint as n`);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
};
