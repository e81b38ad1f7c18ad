-- who is told what, and how people sign in, may be kept here, too, and not in a configuration file alone (D17)
alter table config_object drop constraint config_object_kind_check;
alter table config_object add constraint config_object_kind_check
  check (kind in ('source', 'target', 'connection', 'channel', 'sign-in'));
