-- what was taken from a group after an instant, however long its past is: asked whenever a read gives somebody a membership
drop index membership_past;
create index membership_past on membership (grp, until) where until is not null;
