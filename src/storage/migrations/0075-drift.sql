-- what the last look at the target of a connection found to be otherwise than it was left; replaced by the next look
create table drift_look (
  connection text collate "C" primary key,
  read_at timestamptz not null,
  looked_by text not null,
  unproven json not null
);

create table drift (
  connection text collate "C" not null references drift_look on delete cascade,
  no int not null,
  kind text collate "C" not null,
  label_key text collate "C" not null,
  found json not null,
  primary key (connection, no)
);
