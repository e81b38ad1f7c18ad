-- what of a run an undo is about; absent = all of it
alter table run add column undo_part json;
