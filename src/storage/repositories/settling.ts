import { sql } from 'kysely'
import { type Executor, rowsOf } from '../database.ts'
import { ints, time } from '../rows.ts'
import type { Extent } from './extent.ts'

/** What was written so recently that a read of the target may not show it yet (D24). */
const settlingMs = 5 * 60_000

/**
 * Something newer was sent about the same membership or access: an earlier write that nothing proved will never be seen, and
 * must not keep what it once did from being done again.
 */
const laterWrite = sql`select 1 from plan_change later
  where (later.account = c.account or later.person = c.person) and later.sent_at > c.sent_at
    and (c.grp is not null or c.access is not null)
    and later.grp is not distinct from c.grp and later.access is not distinct from c.access
    and (later.outcome is null or later.outcome in (1, 3))`

interface Row {
  readonly kind: string
  readonly sourceKey: string | null
  readonly accountId: string | null
  readonly groupId: string | null
  readonly access: string | null
}

/** See `Memory.settling`: creations of this connection, all else of every one. Only plans touched lately are looked through. */
export async function settling(
  executor: Executor,
  { directory, only }: Extent,
  connection: string,
  now: number,
): Promise<ReadonlySet<string>> {
  const since = time(now - settlingMs)
  // Two looks into indexes find the changes of some people; those of everybody are found through the plans.
  const changes =
    only === undefined
      ? sql`plan p join plan_change c on c.month = p.month and c.plan = p.no`
      : sql`(select month, plan, seq from plan_change where person = any(${ints(only.records)})
             union select month, plan, seq from plan_change where account = any(${ints(only.accounts)})) theirs
          join plan_change c on c.month = theirs.month and c.plan = theirs.plan and c.seq = theirs.seq
          join plan p on p.month = c.month and p.no = c.plan`
  const rows = await rowsOf<Row>(
    executor,
    sql`select w.text as kind, case when p.connection = ${connection} then r.key end as "sourceKey",
          coalesce(a.account_id, made.created_id) as "accountId", coalesce(g.group_id, grouped.created_id) as "groupId",
          access.text as access
        from ${changes}
        join word w on w.no = c.kind
        left join source_record r on r.no = c.person
        left join directory_account a on a.no = c.account
        left join directory_group g on g.no = c.grp
        left join word access on access.no = c.access
        left join plan_change made on made.month = p.month and made.plan = p.no and made.seq = c.account_by
        left join plan_change grouped on grouped.month = p.month and grouped.plan = p.no and grouped.seq = c.group_by
        where p.directory = ${directory} and p.touched_at > ${since} and c.verified_at is null
          and coalesce(c.finished_at, c.sent_at) > ${since} and (c.outcome is null or c.outcome in (1, 3))
          and w.text in ('account.create', 'membership.add', 'membership.remove', 'access.grant', 'access.revoke')
          and not exists (${laterWrite})`,
  )
  return new Set(rows.map(nameOf).filter((name) => name !== undefined))
}

function nameOf({ kind, sourceKey, accountId, groupId, access }: Row): string | undefined {
  if (kind === 'account.create') return sourceKey === null ? undefined : `create:${sourceKey}`
  if (access !== null) {
    return accountId === null ? undefined : `${kind === 'access.grant' ? 'grant' : 'revoke'}:${access}:${accountId}`
  }
  if (accountId === null || groupId === null) return undefined
  return `${kind === 'membership.add' ? 'add' : 'remove'}:${groupId}:${accountId}`
}
