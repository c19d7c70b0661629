/**
 * The notary's tables. `tree` holds the roots of complete subtrees of 256 leaves and more: what is below is made from the records
 * again. `notes` are the signed checkpoints, `witnessed` those of other services, with what a look at them found.
 */
export const notaryTables = /* sql */ `
create table tree (level smallint, index bigint, hash bytea not null, primary key (level, index));

create table notes (
  size bigint primary key, note text not null, at timestamptz not null default clock_timestamp(), sent boolean not null default false
);
create index notes_unsent on notes (size) where not sent;

create table witnessed (
  origin text, size bigint, root bytea, note text not null, heard_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz, fault text, primary key (origin, size, root)
);
create index witnessed_faults on witnessed (heard_at) where fault is not null;
`;
