-- what a reviewer said about a plan, and a plan that a reviewer turned down
alter table plan add column approval_comment text;
alter table plan add column rejected_by text;
alter table plan add column rejected_at timestamptz;
alter table plan add column rejection text;
alter table plan_release add column comment text;
