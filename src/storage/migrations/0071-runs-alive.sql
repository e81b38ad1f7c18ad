-- until when a run in planning counts as worked on, by the database's clock: a newer plan supersedes only what was left behind
alter table run add column alive_until timestamptz;
