-- memberships that nobody vouched for and a leaver stage took; offered to the person who returns, until they are given back
-- or a person decided against it (P10)
create table membership_taken (
  grp int not null references directory_group,
  account int not null references directory_account,
  connection int not null references word,
  from_run int not null,
  since timestamptz not null,
  until timestamptz
);
create unique index membership_taken_open on membership_taken (grp, account, connection) where until is null;
create index membership_taken_of_account on membership_taken (account) where until is null;
