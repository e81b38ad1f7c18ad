-- an undo is a run that names the run it takes back
alter table run add column undo_of int;
create index run_undo on run (undo_of) where undo_of is not null;
