-- what somebody decided about one membership, account or value, beside the rules; asked by every later plan until it is
-- taken back or was carried out. What drifted has an id by which it is called, so what was found before is looked for anew.
create table exception (
  no int generated always as identity primary key,
  directory int not null references directory,
  connection text collate "C" not null,
  kind text collate "C" not null,
  decision text collate "C" not null,
  account int references directory_account,
  grp int references directory_group,
  attribute text collate "C" not null default '',
  person text collate "C" not null default '',
  label text not null,
  comment text,
  decided_at timestamptz not null,
  decided_by text not null,
  ended_at timestamptz,
  ended_by text
);
create unique index exception_standing
  on exception (directory, connection, kind, coalesce(account, 0), coalesce(grp, 0), attribute, person)
  where ended_at is null;
create index exception_of_connection on exception (connection, no) where ended_at is null;

delete from drift_look;
alter table drift add column id text collate "C" not null;
create index drift_id on drift (connection, id);

-- what a target says an account is, where it is nobody's: an app or a customer; no kind = a person
alter table directory_account add column kind text collate "C";
