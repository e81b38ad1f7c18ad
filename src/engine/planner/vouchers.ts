import { sortedSet } from '../../platform/sorted.ts'
import type { PlanInput } from './input.ts'

/** Who vouches for the memberships of one group today: positions of accounts, ascending, each once. */
export interface Vouchers {
  /** Our grants that end when the source stops saying so. */
  readonly ours: Int32Array
  /** Our grants given once to a new account; they end only with the person. */
  readonly oursOnce: Int32Array
  /** Grants of other connections: what they stand for is never taken away here (D4). */
  readonly others: Int32Array
}

const nobody = new Int32Array(0)
const noVouchers: Vouchers = { ours: nobody, oursOnce: nobody, others: nobody }

/** The ledger by group id. */
export function vouchersByGroup({ target, memory, connection }: PlanInput): (groupId: string | undefined) => Vouchers {
  const positionOf = new Map(target.accounts.map((account, index) => [account.id, index]))
  const lists = new Map<string, { ours: number[]; oursOnce: number[]; others: number[] }>()
  for (const grant of memory.grants) {
    const list = lists.get(grant.groupId) ?? { ours: [], oursOnce: [], others: [] }
    lists.set(grant.groupId, list)
    const mine = grant.rule === 'groups.defaultsForNew' ? list.oursOnce : list.ours
    const into = grant.connection === connection.key ? mine : list.others
    for (const accountId of grant.accountIds) {
      const position = positionOf.get(accountId)
      if (position !== undefined) into.push(position)
    }
  }
  const vouchers = new Map<string, Vouchers>()
  for (const [groupId, { ours, oursOnce, others }] of lists) {
    vouchers.set(groupId, { ours: sortedSet(ours), oursOnce: sortedSet(oursOnce), others: sortedSet(others) })
  }
  return (groupId) => vouchers.get(groupId ?? '') ?? noVouchers
}
