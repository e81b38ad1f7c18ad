-- the run ended with writes that were accepted and never seen: the next run of the connection looks for them
alter table run add column unseen boolean not null default false;
create index run_unseen on run (connection) where unseen;
-- how many of them later runs saw, how many they did not find, and which runs looked
alter table run add column proven_later json;
