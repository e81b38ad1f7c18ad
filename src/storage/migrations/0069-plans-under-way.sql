-- runs under way and their plans: what a small plan is about to send counts for the limits of the next one (D18)
create index run_under_way on run (connection) where state in ('planning', 'applying');
create index plan_of_run on plan (run_id);
