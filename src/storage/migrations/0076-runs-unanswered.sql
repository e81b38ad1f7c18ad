-- the run ended with writes that were sent and never answered: they are looked up before the next plan of the connection is made
alter table run add column unanswered boolean not null default false;
create index run_unanswered on run (connection) where unanswered;
