/**
 * Keys that a generation of a view passes over since something of them could not be folded, and single events that somebody decided
 * to pass over for good. Pointers into the recorded order, never a text of an error or of a record. `turn` counts what is done to a
 * generation by other hands than its projector's, so that every process notices that what it remembers is old. `afresh`: the row does
 * not stand where the pointer does, and is folded from the start once the key is redriven.
 */
export const parkedTables = /* sql */ `
alter table checkpoints add column turn int not null default 0;

create table parked (
  generation text references checkpoints (name) on delete cascade, key text, position bigint not null, seq bigint not null, type text not null,
  what text not null, error text not null, tries int not null, customer uuid, afresh boolean not null default false,
  since timestamptz not null default clock_timestamp(), tried_at timestamptz not null default clock_timestamp(),
  primary key (generation, key)
);
create index parked_customer on parked (customer);

create table discarded (
  view text, key text, position bigint, seq bigint, type text not null, reason text not null, actor text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (view, key, position, seq)
);
`;
