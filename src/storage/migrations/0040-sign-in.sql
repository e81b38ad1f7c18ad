-- one-time codes: for the first set-up, and for links that sign a browser in
create table sign_in_code (
  hash text collate "C" primary key,
  purpose text collate "C" not null check (purpose in ('set-up', 'link')),
  app_user text collate "C" references app_user on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- failed attempts by what they have in common; rows that are no longer of interest go with the next attempt
create table sign_in_attempt (
  key text collate "C" primary key,
  failures int not null,
  last_at timestamptz not null
);
create index sign_in_attempt_last_at on sign_in_attempt (last_at);

-- a session can be listed and ended by its id; nobody has signed in before this migration
delete from app_session;
alter table app_session add column id text collate "C" not null;
alter table app_session add column way text collate "C" not null check (way in ('set-up', 'password', 'link', 'oidc'));
alter table app_session add column address text;
alter table app_session add column agent text;
alter table app_session alter column last_used_at set not null;
create unique index app_session_id on app_session (id);
create index app_session_user on app_session (app_user);

alter table app_user add column kind text collate "C" not null default 'local' check (kind in ('local', 'oidc'));
alter table app_user add column must_change_password boolean not null default false;
alter table app_user add column last_signed_in_at timestamptz;

-- a personal token belongs to a user and never outlives or exceeds them
alter table api_token add column app_user text collate "C" references app_user on delete cascade;
