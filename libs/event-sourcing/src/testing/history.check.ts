import { ask } from './entries.js';

/** What every service's database keeps, whatever was killed: a query each that finds a row only where the rule is broken. */
const rules: Readonly<Record<string, string>> = {
  'positions are 1..N without gaps': `select 1 from (select count(*) n, coalesce(max(position), 0) last from events) x where n <> last`,
  'versions of each stream are 1..n': `select 1 from (select count(*) n, min(version) first, max(version) last from events group by stream_id) x where n <> last or first <> 1`,
  'streams stand at their last version': `select 1 from streams s full join (select stream_id, max(version) version from events group by 1) e on e.stream_id = s.id where s.version is distinct from e.version`,
  'the order of versions is the order of positions': `select 1 from (select version, lag(version, 1, 0) over (partition by stream_id order by position) before from events) x where version <> before + 1`,
  'time never falls in the order of positions': `select 1 from (select recorded_at, lag(recorded_at) over (order by position) before from events) x where recorded_at < before`,
  'the columns say what the text says': `select 1 from events e join streams s on s.id = e.stream_id
     where e.record->>'type' <> e.type or (e.record->>'streamversion')::int <> e.version or e.record->>'subject' <> s.type || '/' || e.stream_id
        or (e.record->>'time')::timestamptz <> e.recorded_at or e.record->>'time' !~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'`,
  'no event stands twice': `select 1 from events group by record->>'id' having count(*) > 1`,
  'nothing was received twice': `select 1 from received group by source, epoch, source_position having count(*) > 1`,
  'numbers of the received are 1..N': `select 1 from (select count(*) n, coalesce(max(seq), 0) last from received) x where n <> last`,
};

/** The rules that the database at `url` breaks; empty where it keeps them all. */
export const brokenRules = async (url: string): Promise<string[]> => {
  const found = await Promise.all(Object.entries(rules).map(async ([rule, sql]) => ((await ask(url, `${sql} limit 1`)).length > 0 ? rule : '')));
  return found.filter((it) => it !== '');
};
