import { sql } from 'kysely'
import type { TakenMemberships } from '../../domain/memory.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, ints, time } from '../rows.ts'
import type { Extent } from './extent.ts'

/** One membership by the numbers of group and account. */
interface Pair {
  readonly grp: number
  readonly account: number
}

/** Remembers what a leaver stage took from whom (P10). */
export async function learnTaken(
  executor: Executor,
  connection: number,
  pairs: readonly Pair[],
  { run, at }: { readonly run: number; readonly at: number },
): Promise<void> {
  for (const part of batches(pairs)) {
    await sql`insert into membership_taken (grp, account, connection, from_run, since)
      select grp, account, ${connection}::int, ${run}::int, ${time(at)} from ${given(part)}
      on conflict (grp, account, connection) where until is null do nothing`.execute(executor)
  }
}

/** What is there again, whoever gave it back, is not taken any more. */
export async function endTaken(executor: Executor, pairs: readonly Pair[], at: number): Promise<void> {
  for (const part of batches(pairs)) {
    await sql`update membership_taken t set until = greatest(${time(at)}, t.since) from ${given(part)}
      where t.grp = given.grp and t.account = given.account and t.until is null`.execute(executor)
  }
}

/** Everything taken from an account stays taken: a person decided so. */
export async function endTakenFrom(executor: Executor, account: number, at: number): Promise<void> {
  await sql`update membership_taken set until = greatest(${time(at)}, since)
    where account = ${account} and until is null`.execute(executor)
}

export async function readTaken(executor: Executor, { open }: Extent, connection: string): Promise<TakenMemberships[]> {
  const rows = await rowsOf<{ groupId: string; accountIds: string[] }>(
    executor,
    sql`select g.group_id as "groupId", array_agg(a.account_id order by a.account_id) as "accountIds"
        from ${open('membership_taken')} t join directory_group g on g.no = t.grp join directory_account a on a.no = t.account
          join word w on w.no = t.connection
        where w.text = ${connection}
        group by g.group_id order by g.group_id`,
  )
  return rows
}

function given(pairs: readonly Pair[]) {
  return sql`unnest(${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))})
    as given(grp, account)`
}
