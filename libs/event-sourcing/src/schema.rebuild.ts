/**
 * What a rebuild needs to know of a generation beside its place: does it wait when it is full, so that it can be compared; since
 * when is it in its state, and how many entries had it then, for rate and ETA.
 */
export const rebuildColumns = /* sql */ `
alter table checkpoints
  add column compare boolean not null default false,
  add column since timestamptz not null default clock_timestamp(),
  add column since_entries bigint not null default 0;
`;
