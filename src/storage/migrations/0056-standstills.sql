-- why the last whole plan of a connection left people as they are, where that is not simply as it should be; one row for
-- each reason and rule, side by side the keys, what people are called by, and when their next stage is due
create table standstill (
  connection text collate "C" not null,
  run int not null,
  reason text not null,
  rule text,
  keys text[] not null,
  names text[] not null,
  dues timestamptz[] not null
);
create index standstill_of_connection on standstill (connection);
