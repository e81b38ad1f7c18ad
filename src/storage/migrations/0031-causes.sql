-- a change that only changed rules ask for (P4): 1; else null
alter table plan_change add column cause smallint;
