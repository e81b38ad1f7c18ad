-- an undo of several runs: since when, about whom, and which runs it takes back as a whole
alter table run add column undo_since json;
alter table run add column undo_runs int[];
create index run_undo_since on run (number) where undo_runs is not null;
