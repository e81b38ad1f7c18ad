-- The first schema. Times are timestamptz. Texts that are compared or sorted are COLLATE "C", so that both stores use the
-- same order and the same index; folded keys (`*_key`) are computed by the program, never by lower().
-- Wide texts that repeat (kinds, reasons, rules, names of connections) are interned in `word`; accounts, groups and source
-- records are interned per directory and source, so that the big tables hold integers.

create table installation (
  only_row boolean primary key default true check (only_row),
  instance_id text not null,
  created_at timestamptz not null
);

create table word (
  no int generated always as identity primary key,
  text text collate "C" not null unique
);

-- configuration: every saved version is kept; the highest version counts, `removed` takes the object out of use (D17)
create table config_object (
  kind text collate "C" not null check (kind in ('source', 'target', 'connection')),
  key text collate "C" not null,
  version int not null,
  document json not null,
  owner text not null check (owner in ('file', 'store')),
  removed boolean not null default false,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (kind, key, version)
);

create table sealed_secret (
  owner text collate "C" not null,
  field text collate "C" not null,
  envelope text not null,
  expires_at timestamptz,
  saved_at timestamptz not null,
  primary key (owner, field)
);

-- directories behind targets and what is known in them (D1)
create table directory (
  no int generated always as identity primary key,
  key text collate "C" not null unique
);

create table target_binding (
  target text collate "C" primary key,
  directory int not null references directory,
  bound_at timestamptz not null
);

create table directory_account (
  no int generated always as identity primary key,
  directory int not null references directory,
  account_id text collate "C" not null,
  label text not null,
  label_key text collate "C" not null,
  unique (directory, account_id)
);

create table directory_group (
  no int generated always as identity primary key,
  directory int not null references directory,
  group_id text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  unique (directory, group_id)
);

create table source_record (
  no int generated always as identity primary key,
  source text collate "C" not null,
  key text collate "C" not null,
  label text not null,
  label_key text collate "C" not null,
  unique (source, key)
);

create table source_group (
  no int generated always as identity primary key,
  source text collate "C" not null,
  key text collate "C" not null,
  label text not null,
  label_key text collate "C" not null,
  unique (source, key)
);

-- within one source an account has at most one link (D2)
create table link (
  directory int not null references directory,
  record int not null references source_record,
  account int not null references directory_account,
  source text collate "C" not null,
  how text not null,
  since timestamptz not null,
  primary key (directory, record)
);
create unique index link_of_account on link (account, source);

create table group_link (
  directory int not null references directory,
  source_group int not null references source_group,
  rule text collate "C" not null,
  grp int not null references directory_group,
  since timestamptz not null,
  primary key (directory, source_group, rule)
);

-- the ledger: who vouches for a membership (D3); an open row has no `until`
create table membership_grant (
  grp int not null,
  account int not null,
  connection int not null,
  rule int not null,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz,
  adopted boolean not null
);
create unique index membership_grant_open on membership_grant (grp, account, connection) where until is null;
create index membership_grant_past on membership_grant (grp) where until is not null;

-- history as intervals; an open one has no `until` (D11)
create table membership (
  grp int not null,
  account int not null,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz
);
create unique index membership_open on membership (grp, account) where until is null;
create index membership_past on membership (grp) where until is not null;

create table account_state (
  account int not null,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz,
  state text not null check (state in ('active', 'suspended', 'disabled'))
);
create unique index account_state_open on account_state (account) where until is null;
create index account_state_past on account_state (account) where until is not null;

create table product_access (
  account int not null,
  product int not null,
  role int not null,
  connection int,
  from_run int not null,
  to_run int,
  since timestamptz not null,
  until timestamptz
);
create unique index product_access_open on product_access (account, product, role) where until is null;

create table deactivation (
  account int not null references directory_account,
  connection int not null references word,
  how text not null,
  since timestamptz not null,
  until timestamptz
);
create unique index deactivation_open on deactivation (account) where until is null;

create table departure (
  connection text collate "C" not null,
  source_key text collate "C" not null,
  signal text not null,
  first_proven_at timestamptz not null,
  primary key (connection, source_key)
);

create table source_read (
  snapshot_id text collate "C" primary key,
  connection text collate "C" not null,
  run_id text collate "C" not null,
  summary json not null,
  saved_at timestamptz not null,
  accepted_no int
);
create index source_read_of_connection on source_read (connection, accepted_no);

create table run (
  number int primary key,
  id text collate "C" not null unique,
  connection text collate "C" not null,
  directory_key text,
  kind text not null,
  trigger text not null,
  started_by text not null,
  state text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  plan_id text,
  progress json,
  outcomes json not null,
  error json,
  calls json,
  cancel_requested boolean not null default false
);
create index run_of_connection on run (connection, number);

-- a plan is seen only when all its changes are there
create table plan (
  no int generated always as identity primary key,
  id text collate "C" not null unique,
  month date not null,
  run_id text not null,
  connection text collate "C" not null,
  source text collate "C",
  directory int not null references directory,
  created_at timestamptz not null,
  stored_at timestamptz not null default now(),
  touched_at timestamptz,
  connection_version int not null,
  semantics_version int not null,
  source_snapshot_id text not null,
  target_snapshot_id text not null,
  fingerprint text not null,
  guards json not null,
  summary json not null,
  visible boolean not null default false,
  approved_by text,
  approved_at timestamptz
);
create index plan_of_connection on plan (connection, no);
create index plan_touched on plan (directory, touched_at);

-- `hold` is the word with the reasons of the state, commas between; state: 1 ready, 2 held, 3 blocked; outcome: 1 applied, 2 alreadyTrue, 3 unproven, 4 failed, 5 skipped
create table plan_change (
  month date not null,
  plan int not null,
  seq int not null,
  kind int not null,
  reason int not null,
  rule int not null,
  account int,
  grp int,
  person int,
  source_group int,
  hold int,
  account_by int,
  group_by int,
  state smallint not null,
  outcome smallint,
  sent_at timestamptz,
  finished_at timestamptz,
  verified_at timestamptz,
  account_label text,
  group_label text,
  label_key text collate "C",
  needs int[],
  before_values json,
  after_values json,
  skip_reason text,
  message text,
  error_code text,
  created_id text,
  primary key (month, plan, seq)
) partition by range (month);

create table plan_release (
  plan int not null references plan,
  released_by text not null,
  released_at timestamptz not null,
  guards text[],
  seqs int[],
  changes int not null
);

-- how many changes a connection applied in a minute, by kind: the base of the limits over 24 hours (D18)
create table applied_count (
  connection text collate "C" not null,
  kind text collate "C" not null,
  minute timestamptz not null,
  count int not null,
  primary key (connection, kind, minute)
);

create table lease (
  directory_key text collate "C" primary key,
  holder text,
  epoch int not null,
  expires_at timestamptz not null
);

create table work_item (
  id text collate "C" primary key,
  connection text collate "C" not null,
  reason text collate "C" not null,
  subject text collate "C" not null,
  label text not null,
  message text not null,
  candidates json,
  opened_at timestamptz not null,
  closed_at timestamptz
);
create unique index work_item_open on work_item (connection, reason, subject) where closed_at is null;

-- the built-in directory
create table local_person (
  source text collate "C" not null,
  key text collate "C" not null,
  user_name text not null,
  user_name_key text collate "C" not null,
  active boolean not null,
  attributes json not null,
  primary key (source, key),
  unique (source, user_name_key)
);

create table local_group (
  source text collate "C" not null,
  key text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  description text,
  primary key (source, key),
  unique (source, name_key)
);

create table local_member (
  source text collate "C" not null,
  group_key text collate "C" not null,
  kind text collate "C" not null check (kind in ('user', 'group')),
  key text collate "C" not null,
  primary key (source, group_key, kind, key),
  foreign key (source, group_key) references local_group (source, key) on delete cascade
);
create index local_member_key on local_member (source, kind, key);

-- who may do what (D14): a role without a connection is granted everywhere
create table app_user (
  id text collate "C" primary key,
  user_name text not null,
  user_name_key text collate "C" not null unique,
  display_name text,
  password_hash text,
  external_subject text unique,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create table role_grant (
  principal text collate "C" not null,
  role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
  connection text collate "C",
  granted_at timestamptz not null,
  granted_by text
);
create unique index role_grant_everywhere on role_grant (principal, role) where connection is null;
create unique index role_grant_connection on role_grant (principal, role, connection) where connection is not null;

create table app_session (
  token_hash text collate "C" primary key,
  app_user text collate "C" not null references app_user on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz
);

create table api_token (
  id text collate "C" primary key,
  name text not null,
  prefix text collate "C" not null,
  hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_token_prefix on api_token (prefix);

-- each entry carries the hash of the one before; the head tells a chain that was cut from one that ended
create table audit_entry (
  seq int primary key,
  at timestamptz not null,
  actor text not null,
  act text not null,
  subject text not null,
  detail json,
  hash text not null
);

create table audit_head (
  only_row boolean primary key default true check (only_row),
  seq int not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, '');
