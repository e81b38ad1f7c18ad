-- the built-in directory can be filled by connections: what they may not touch, what they keep there, and by which address people are found
alter table local_person add column protected boolean not null default false;
alter table local_person add column kept json not null default '[]';
alter table local_person add column origin text;
alter table local_person add column mail_key text collate "C";
update local_person set mail_key = lower(trim(normalize(coalesce(
  case json_typeof(attributes -> 'mail') when 'string' then nullif(attributes ->> 'mail', '') when 'array' then nullif(attributes -> 'mail' ->> 0, '') end,
  case json_typeof(attributes -> 'email') when 'string' then nullif(attributes ->> 'email', '') when 'array' then nullif(attributes -> 'email' ->> 0, '') end
), nfkc)));
create index local_person_mail on local_person (source, mail_key) where mail_key is not null;
alter table local_group add column protected boolean not null default false;
-- which connections take a group; null = any
alter table local_group add column connections json;
