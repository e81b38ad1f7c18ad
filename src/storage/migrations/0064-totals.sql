-- how many links there are, and open grants in each group, kept by triggers in the transaction of the change itself: limits are shares of
-- these figures, and a plan for a few people must not count a whole directory for them (D18)
create table link_total (
  directory int not null references directory,
  source text collate "C" not null,
  links int not null,
  primary key (directory, source)
);
insert into link_total (directory, source, links)
  select directory, source, count(*) from link group by directory, source;

create table grant_total (
  grp int not null,
  connection int not null,
  rule int not null,
  grants int not null,
  primary key (connection, grp, rule)
);
insert into grant_total (grp, connection, rule, grants)
  select grp, connection, rule, count(*) from membership_grant where until is null group by grp, connection, rule;

create function link_made() returns trigger language plpgsql as $$
begin
  insert into link_total as t (directory, source, links)
    select directory, source, count(*) from made group by directory, source order by directory, source
    on conflict (directory, source) do update set links = t.links + excluded.links;
  return null;
end $$;

create function link_gone() returns trigger language plpgsql as $$
begin
  insert into link_total as t (directory, source, links)
    select directory, source, -count(*) from gone group by directory, source order by directory, source
    on conflict (directory, source) do update set links = t.links + excluded.links;
  return null;
end $$;

create function membership_grant_made() returns trigger language plpgsql as $$
begin
  insert into grant_total as t (grp, connection, rule, grants)
    select grp, connection, rule, count(*) from made where until is null
    group by grp, connection, rule order by grp, connection, rule
    on conflict (connection, grp, rule) do update set grants = t.grants + excluded.grants;
  return null;
end $$;

create function membership_grant_changed() returns trigger language plpgsql as $$
begin
  insert into grant_total as t (grp, connection, rule, grants)
    select grp, connection, rule, sum(step)
    from (select grp, connection, rule, 1 as step from now_so where until is null
          union all select grp, connection, rule, -1 from before_so where until is null) steps
    group by grp, connection, rule having sum(step) <> 0 order by grp, connection, rule
    on conflict (connection, grp, rule) do update set grants = t.grants + excluded.grants;
  return null;
end $$;

create function membership_grant_gone() returns trigger language plpgsql as $$
begin
  insert into grant_total as t (grp, connection, rule, grants)
    select grp, connection, rule, -count(*) from gone where until is null
    group by grp, connection, rule order by grp, connection, rule
    on conflict (connection, grp, rule) do update set grants = t.grants + excluded.grants;
  return null;
end $$;

create trigger link_made after insert on link
  referencing new table as made for each statement execute function link_made();
create trigger link_gone after delete on link
  referencing old table as gone for each statement execute function link_gone();
create trigger membership_grant_made after insert on membership_grant
  referencing new table as made for each statement execute function membership_grant_made();
create trigger membership_grant_changed after update on membership_grant
  referencing old table as before_so new table as now_so for each statement execute function membership_grant_changed();
create trigger membership_grant_gone after delete on membership_grant
  referencing old table as gone for each statement execute function membership_grant_gone();
