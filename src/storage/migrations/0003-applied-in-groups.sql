-- the limits over 24 hours also look at single groups and at changes of identity: `about` is the id of the group of a
-- membership, `identity` for an update of e-mail or username, else empty
alter table applied_count add column about text collate "C" not null default '';
alter table applied_count drop constraint applied_count_pkey;
alter table applied_count add primary key (connection, kind, about, minute);
