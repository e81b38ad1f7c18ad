-- what a person decided about something that waits: an item has a number to be called by, says what can be chosen and
-- how it ended; what is more than a link is kept until it is spent or revoked
alter table work_item add column no int generated always as identity;
create unique index work_item_no on work_item (no);
alter table work_item add column directory int references directory;
alter table work_item add column about json;
alter table work_item add column choices json;
alter table work_item add column decision text;
alter table work_item add column decided_by text;

create table decision (
  no int generated always as identity primary key,
  directory int not null references directory,
  subject text collate "C" not null check (subject in ('person', 'group')),
  source text collate "C" not null,
  key text collate "C" not null,
  rule text collate "C" not null default '',
  decision text not null,
  object text collate "C" not null default '',
  label text not null,
  decided_at timestamptz not null,
  decided_by text not null,
  ended_at timestamptz,
  ended_by text
);
create unique index decision_standing on decision (directory, subject, source, key, rule, decision, object)
  where ended_at is null;

-- what both groups were called when they were linked: tells a rename at the source from a changed rule (D10)
alter table group_link add column source_name text;
alter table group_link add column name text;
