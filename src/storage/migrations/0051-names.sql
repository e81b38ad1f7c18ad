-- whom a name means
create index source_record_label on source_record (source, label_key);
create index directory_account_label on directory_account (directory, label_key);
