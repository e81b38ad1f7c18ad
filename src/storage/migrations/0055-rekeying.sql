-- when a directory got the key it has now, and what it was called before: a re-keying that an administrator approved (D1)
alter table directory add column rekeyed_at timestamptz;
alter table directory add column rekeyed_from text collate "C";
