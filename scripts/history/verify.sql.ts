/** What must hold of the columns beside the texts, and of the order; each finds the positions where it does not. */
export const rules: Readonly<Record<string, string>> = {
  'the column type is not what the text says': `select position from events where record->>'type' is distinct from type`,
  'the column stream_id is not what the text says': `select position from events where split_part(record->>'subject', '/', 2) <> stream_id::text`,
  'the column version is not what the text says': `select position from events where (record->>'streamversion')::int is distinct from version`,
  'the column key is not what the text says': `select position from events where coalesce(record->>'customer', stream_id::text) <> key::text`,
  'the column recorded_at is not what the text says': `select position from events where (record->>'time')::timestamptz is distinct from recorded_at`,
  'the time is before that of the event before': `select position from (
    select position, recorded_at, lag(recorded_at) over (order by position) as before from events) e where recorded_at < before`,
  'the position before it is missing': `select position from (
    select position, lag(position, 1, 0) over (order by position) as before from events) e where position <> before + 1`,
  'the version before it is not in the stream before it': `select position from (
    select position, version, lag(version, 1, 0) over (partition by stream_id order by position) as before from events) e where version <> before + 1`,
  'the id is that of an event before it': `select position from (
    select position, row_number() over (partition by record->>'id' order by position) as n from events) e where n > 1`,
};

/** A rule's first violation. */
export const firstOf = (rule: string): string => `select min(position) as position, count(*) as count from (${rule}) it`;
