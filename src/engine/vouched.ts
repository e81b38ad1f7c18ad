import { endsAccount } from '../domain/change.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Execution } from './execution.ts'
import { accessKey } from './planner/access/holders.ts'

/**
 * Leaves out what would take away something that another connection vouches for by now (D4): when the plan was made nobody
 * did, or the planner would not have asked for it. The next run plans it as it is then.
 */
export async function withoutVouched(run: Execution, slice: readonly ChangeRecord[]): Promise<readonly ChangeRecord[]> {
  const taking = run.others.length === 0 ? [] : slice.filter((change) => heldOf(change) !== undefined)
  if (taking.length === 0) return slice
  const accountIds = taking.flatMap(({ account }) => (account !== undefined && 'id' in account ? [account.id] : []))
  const groupIds = taking.flatMap(({ group }) => (group !== undefined && 'id' in group ? [group.id] : []))
  const vouched = await run.directories.vouchedFor(run.directoryKey, run.others, { accountIds, groupIds })
  const voucherOf = new Map(vouched.map(({ accountId, held, connection }) => [`${accountId}\n${held}`, connection]))
  const outcomes: OutcomeRecord[] = []
  const left = slice.filter((change) => {
    const held = heldOf(change)
    const voucher = held === undefined ? undefined : voucherOf.get(held)
    if (voucher === undefined) return true
    outcomes.push({
      seq: change.seq,
      outcome: 'skipped',
      skipReason: 'stale',
      message: `The connection "${voucher}" vouches for this since the plan was made, so it is not taken away.`,
    })
    return false
  })
  if (outcomes.length > 0) await run.plans.record(run.planId, run.runId, run.fence, outcomes, [])
  return left
}

/** What a change takes from an account, as the ledger names it; undefined when it takes nothing. */
function heldOf({ kind, account, group, access }: ChangeRecord): string | undefined {
  if (account === undefined || !('id' in account)) return undefined
  if (endsAccount(kind)) return `${account.id}\naccount`
  if (kind === 'access.revoke' && access !== undefined) return `${account.id}\naccess ${accessKey(access)}`
  const isRemoval = kind === 'membership.remove' && group !== undefined && 'id' in group
  return isRemoval ? `${account.id}\ngroup ${group.id}` : undefined
}
