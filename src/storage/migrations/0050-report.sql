-- the provisioning report: what was done, the newest first, and everything about one person or account
create index plan_change_done on plan_change (month, plan, seq) where outcome is not null;
create index plan_change_person on plan_change (person) where person is not null;
create index plan_change_account on plan_change (account) where account is not null;

-- what somebody had on a day (D11)
create index membership_of_account on membership (account);
create index membership_grant_of_account on membership_grant (account);

-- groups that administer something, as the last read told
alter table directory_group add column administers boolean not null default false;
