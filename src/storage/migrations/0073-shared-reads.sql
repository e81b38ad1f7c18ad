-- when the read a run shared with other connections began, and with which; absent = it read for itself alone
alter table run add column shared_read json;
