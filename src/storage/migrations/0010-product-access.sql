-- what changes say about products and leads; `access` is the word `<product> <role>`; `joins` are the changes that may
-- ride on the creation of an account
alter table plan_change add column access int;
alter table plan_change add column lead json;
alter table plan_change add column joins int[];

-- the ledger of product access (D20): several connections may vouch for the same; never written before this version
drop table product_access;
create table product_access (
  account int not null,
  access int not null,
  connection int not null,
  rule int not null,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz,
  adopted boolean not null
);
create unique index product_access_open on product_access (account, access, connection) where until is null;
create index product_access_past on product_access (account) where until is not null;

-- custom attributes of an account as a connection last wrote them, by id (D12)
create table custom_value (
  account int not null references directory_account,
  connection int not null references word,
  values json not null,
  written_at timestamptz not null,
  primary key (account, connection)
);
