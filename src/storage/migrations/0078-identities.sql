-- names of people that are one person: whoever approves a plan is compared by person, not by name. An ended row still counts
-- for rules that were saved before it ended.
create table same_person (
  no int generated always as identity primary key,
  one text collate "C" not null,
  other text collate "C" not null,
  linked_at timestamptz not null,
  linked_by text not null,
  ended_at timestamptz,
  ended_by text
);
create unique index same_person_standing on same_person (one, other) where ended_at is null;
