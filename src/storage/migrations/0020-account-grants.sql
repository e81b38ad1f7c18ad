-- who vouches for an account being there and active (D4); an open row has no `until`
create table account_grant (
  account int not null references directory_account,
  connection int not null references word,
  record int not null references source_record,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz
);
create unique index account_grant_open on account_grant (account, connection) where until is null;
create index account_grant_past on account_grant (account) where until is not null;
