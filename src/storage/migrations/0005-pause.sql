-- connections that a person paused: nothing of theirs begins until it is resumed
create table connection_pause (
  connection text collate "C" primary key,
  since timestamptz not null,
  paused_by text not null,
  why text
);
