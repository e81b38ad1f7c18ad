-- directories that identity providers push into, one per source (D6)
create table push_directory (
  source text collate "C" primary key,
  made_at timestamptz not null,
  baseline_at timestamptz,
  baseline_by text
);

-- `document` is what the client wrote, in canonical form; `folded` the same in the form in which filters compare
create table push_resource (
  source text collate "C" not null,
  id text collate "C" not null,
  kind text collate "C" not null check (kind in ('user', 'group')),
  source_key text collate "C" not null,
  external_id text collate "C",
  name_key text collate "C" not null,
  mail_keys text[] collate "C" not null,
  document json not null,
  folded jsonb not null,
  version int not null,
  member_count int not null,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  primary key (source, id),
  unique (source, kind, name_key),
  unique (source, kind, source_key)
);
create index push_resource_external_id on push_resource (source, kind, external_id) where external_id is not null;
create index push_resource_modified_at on push_resource (source, modified_at);
create index push_resource_mail_keys on push_resource using gin (mail_keys);
-- pages in the order of ids
create index push_resource_kind on push_resource (source, kind, id);

-- one row a membership, never a list in the group (law P17)
create table push_member (
  source text collate "C" not null,
  group_id text collate "C" not null,
  member_id text collate "C" not null,
  primary key (source, group_id, member_id)
);
create index push_member_of on push_member (source, member_id, group_id);

-- who was deleted keeps the key, so that coming back is a return and not a stranger (D6)
create table push_tombstone (
  source text collate "C" not null,
  kind text collate "C" not null,
  source_key text collate "C" not null,
  external_id text collate "C",
  name_key text collate "C" not null,
  deleted_at timestamptz not null,
  primary key (source, kind, source_key)
);
create index push_tombstone_external_id on push_tombstone (source, kind, external_id) where external_id is not null;
create index push_tombstone_name_key on push_tombstone (source, kind, name_key);
create index push_tombstone_deleted_at on push_tombstone (source, deleted_at);

create table push_token (
  id text collate "C" primary key,
  source text collate "C" not null,
  prefix text collate "C" not null,
  hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index push_token_prefix on push_token (prefix);
create index push_token_source on push_token (source);

create table push_request (
  id text collate "C" primary key,
  source text collate "C" not null,
  at timestamptz not null,
  method text not null,
  path text not null,
  status int not null,
  subject text,
  duration_ms int not null,
  body text,
  problem text,
  notices text[] not null
);
create index push_request_source on push_request (source, id);
