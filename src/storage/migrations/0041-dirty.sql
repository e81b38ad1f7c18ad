-- what was pushed and nobody looked at yet: written by triggers in the transaction of the push itself, so that nothing
-- that was answered with success can be forgotten; rows are only added and taken, never changed
create table push_change (
  source text collate "C" not null,
  kind text collate "C" not null check (kind in ('user', 'group', 'all')),
  key text collate "C" not null,
  urgent boolean not null
);
create index push_change_source on push_change (source);

create function push_resource_made() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent)
    select n.source, n.kind, n.source_key, n.kind = 'user' and exists (select 1 from push_tombstone t
      where t.source = n.source and t.kind = n.kind and t.source_key = n.source_key)
    from made n;
  return null;
end $$;

-- a group is meant by itself only when its name or key changed; its members are noted one by one
create function push_resource_changed() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent)
    select n.source, n.kind, n.source_key, n.kind = 'user'
      and coalesce(n.document ->> 'active', 'true') <> coalesce(o.document ->> 'active', 'true')
    from now_so n join before_so o on o.source = n.source and o.id = n.id
    where n.name_key <> o.name_key or (n.kind = 'user' and n.document::text <> o.document::text);
  return null;
end $$;

create function push_resource_gone() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent) select source, kind, source_key, true from gone;
  return null;
end $$;

create function push_member_made() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent)
    select r.source, r.kind, r.source_key, false
    from made m join push_resource r on r.source = m.source and r.id = m.member_id;
  return null;
end $$;

create function push_member_gone() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent)
    select r.source, r.kind, r.source_key, true
    from gone m join push_resource r on r.source = m.source and r.id = m.member_id;
  return null;
end $$;

create function push_baseline_declared() returns trigger language plpgsql as $$
begin
  insert into push_change (source, kind, key, urgent) values (new.source, 'all', '', true);
  return null;
end $$;

create trigger push_resource_made after insert on push_resource
  referencing new table as made for each statement execute function push_resource_made();
create trigger push_resource_changed after update on push_resource
  referencing old table as before_so new table as now_so for each statement execute function push_resource_changed();
create trigger push_resource_gone after delete on push_resource
  referencing old table as gone for each statement execute function push_resource_gone();
create trigger push_member_made after insert on push_member
  referencing new table as made for each statement execute function push_member_made();
create trigger push_member_gone after delete on push_member
  referencing old table as gone for each statement execute function push_member_gone();
create trigger push_baseline_declared after insert or update of baseline_at on push_directory
  for each row when (new.baseline_at is not null) execute function push_baseline_declared();

-- of each connection what has to be looked at; a record that changes again gets a new number
create table dirty_record (
  connection text collate "C" not null,
  kind text collate "C" not null check (kind in ('user', 'group', 'all')),
  key text collate "C" not null,
  urgent boolean not null,
  no int generated always as identity,
  noted_at timestamptz not null default now(),
  primary key (connection, kind, key)
);

-- when somebody, or their account, was last planned by themselves: an older plan for everybody leaves them alone
create table planned_alone (
  connection text collate "C" not null,
  subject text collate "C" not null,
  at timestamptz not null,
  primary key (connection, subject)
);
