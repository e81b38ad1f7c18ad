-- what failed, was skipped or is unproven: few rows among many, and asked for more often than all others
create index plan_change_rare on plan_change (month, plan, seq) where outcome > 2;
