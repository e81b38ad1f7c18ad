import { type RawBuilder, sql } from 'kysely'
import { type ChangeKind, endsOfAccounts, identityAttributes } from '../../domain/change.ts'
import type { PlanImpact } from '../../ports/plans.ts'
import { type Executor, rowsOf } from '../database.ts'
import { texts } from '../rows.ts'
import { inPlan, type PlanPlace, stateCodes } from './plan-rows.ts'

/** Names told of each list; more help nobody. */
const mostNamed = 100

/** What else is done to an administrator's account is the reviewer's business too. */
const kindsOnAccounts: readonly ChangeKind[] = [...endsOfAccounts, 'account.update', 'access.revoke']

/** See `PlanStore.impact`. */
export async function impactOf(executor: Executor, place: PlanPlace): Promise<PlanImpact> {
  const [identityChanges, emptied, administrators] = [
    await identityChangesOf(executor, place),
    await groupsEmptiedBy(executor, place),
    await administratorsIn(executor, place),
  ]
  return {
    identityChanges,
    groupsEmptied: emptied.slice(0, mostNamed).map(({ name, members }) => ({ name, members })),
    groupsEmptiedCount: emptied[0]?.count ?? 0,
    administrators: administrators.slice(0, mostNamed).map(({ count: _, ...row }) => row),
    administratorsCount: administrators[0]?.count ?? 0,
  }
}

/** Not blocked, and of one of these kinds. */
function among(place: PlanPlace, kinds: readonly ChangeKind[]): RawBuilder<unknown> {
  return sql`${inPlan(place)} and c.state <> ${stateCodes.blocked}
    and c.kind in (select no from word where text = any(${texts(kinds)}))`
}

async function identityChangesOf(executor: Executor, place: PlanPlace): Promise<number> {
  const attributes = identityAttributes.map((name) => sql`c.after_values -> ${name} is not null`)
  const [row] = await rowsOf<{ count: number }>(
    executor,
    sql`select count(*)::int as count from plan_change c
        where ${among(place, ['account.update'])} and (${sql.join(attributes, sql` or `)})`,
  )
  return row?.count ?? 0
}

/** Whoever is in a group by the last read and is not taken out stays; so does whoever the plan adds. */
async function groupsEmptiedBy(executor: Executor, place: PlanPlace) {
  return await rowsOf<{ name: string; members: number; count: number }>(
    executor,
    sql`with losing as (
          select c.grp, count(*)::int as lost from plan_change c
          where ${among(place, ['membership.remove'])} and c.grp is not null group by c.grp),
        gaining as (
          select distinct c.grp from plan_change c where ${among(place, ['membership.add'])} and c.grp is not null)
        select g.name, m.members, count(*) over ()::int as count
        from losing l join directory_group g on g.no = l.grp
        cross join lateral (
          select count(*)::int as members from membership where grp = l.grp and until is null) m
        where m.members <= l.lost and l.grp not in (select grp from gaining)
        order by m.members desc, g.name_key limit ${mostNamed}`,
  )
}

async function administratorsIn(executor: Executor, place: PlanPlace) {
  const named = sql`coalesce(c.account_label, nullif(a.label, ''), a.account_id, r.label, '')`
  return await rowsOf<PlanImpact['administrators'][number] & { readonly count: number }>(
    executor,
    sql`select t.*, count(*) over ()::int as count from (
          select c.seq, k.text as kind, ${named} as label, g.name as "group"
          from plan_change c join word k on k.no = c.kind join directory_group g on g.no = c.grp and g.administers
          left join directory_account a on a.no = c.account left join source_record r on r.no = c.person
          where ${among(place, ['membership.add', 'membership.remove'])}
          union all
          select c.seq, k.text, ${named}, (
            select min(g.name) from membership m join directory_group g on g.no = m.grp and g.administers
            where m.account = c.account and m.until is null)
          from plan_change c join word k on k.no = c.kind
          join directory_account a on a.no = c.account left join source_record r on r.no = c.person
          where ${among(place, kindsOnAccounts)} and exists (
            select 1 from membership m join directory_group g on g.no = m.grp and g.administers
            where m.account = c.account and m.until is null)) t
        order by t.seq limit ${mostNamed}`,
  )
}
