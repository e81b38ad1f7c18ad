-- which connection wrote an attribute last, and a mark of the value, so that an empty source empties only what is ours (D21)
create table attribute_value (
  account int not null references directory_account,
  attribute int not null references word,
  connection int not null references word,
  mark int not null,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz
);
create unique index attribute_value_open on attribute_value (account, attribute) where until is null;
create index attribute_value_past on attribute_value (account, attribute) where until is not null;

-- what a read delivered, by attribute of the target: numbers of source records (D4); noted only where others could ask
alter table source_read add column has_deliveries boolean not null default false;
create table attribute_delivery (
  snapshot_id text collate "C" not null references source_read on delete cascade,
  attribute int not null references word,
  records int[] not null,
  primary key (snapshot_id, attribute)
);
