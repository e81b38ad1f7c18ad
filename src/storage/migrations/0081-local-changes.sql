-- how often a built-in directory was changed, so that a read of many pages can tell whether it is of one moment
create table local_change (
  source text collate "C" primary key,
  changes bigint not null
);
