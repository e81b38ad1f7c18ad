-- what people want to be told, written with what it tells of; numbers are given in the order of commit
create table notice (
  no int primary key,
  at timestamptz not null,
  kind text collate "C" not null,
  connection text collate "C",
  about text not null,
  facts json not null
);
create index notice_about on notice (about, no);

-- up to which notice a channel was served; a new channel begins with what comes after it was first seen
create table notice_channel (
  channel text collate "C" primary key,
  told_up_to int not null
);

-- one message to one channel: notices in (from_no, to_no] that it wants; kept until it was taken, or given up
create table notice_delivery (
  id text collate "C" primary key,
  channel text collate "C" not null,
  from_no int not null,
  to_no int not null,
  kinds text[],
  connections text[],
  created_at timestamptz not null,
  state text not null check (state in ('pending', 'sent', 'dead')),
  attempts int not null default 0,
  next_at timestamptz not null,
  claimed_until timestamptz,
  ended_at timestamptz,
  problem text
);
create index notice_delivery_open on notice_delivery (next_at) where state = 'pending';
