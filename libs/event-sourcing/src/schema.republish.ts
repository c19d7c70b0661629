/**
 * History that was asked to be sent once more; `last` 0 is as far as the relay has come. How far it is stands in `checkpoints`. The
 * unique index lets one be under way at a time.
 */
export const republishTable = /* sql */ `
create table republished (
  id uuid primary key, first bigint not null, last bigint not null, begun_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz, state text not null default 'RUNNING'
);
create unique index republished_running on republished (state) where state = 'RUNNING';
`;
