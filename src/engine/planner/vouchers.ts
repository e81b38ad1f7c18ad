import type { GroupGrants } from '../../domain/memory.ts'
import { sortInPlace, union } from '../../platform/sorted.ts'
import type { PlanInput } from './input.ts'
import { positionsById } from './positions.ts'

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

/** The ledger by group id. `positionOf` finds an account of the target by its id. */
export function vouchersByGroup(
  { target, memory, connection }: Pick<PlanInput, 'target' | 'memory' | 'connection'>,
  positionOf = positionsById(target.accounts),
): (groupId: string | undefined) => Vouchers {
  const grantsOf = Map.groupBy(memory.grants, (grant) => grant.groupId)
  const positions = (grants: readonly GroupGrants[]) =>
    grants.length === 0 ? nobody : union(grants.map(({ accountIds }) => known(accountIds, positionOf)))
  const vouchers = new Map<string, Vouchers>()
  return (groupId) => {
    const grants = grantsOf.get(groupId ?? '')
    if (groupId === undefined || grants === undefined) return noVouchers
    let found = vouchers.get(groupId)
    if (found === undefined) {
      const ours = grants.filter((grant) => grant.connection === connection.key)
      const isOnce = (grant: GroupGrants) => grant.rule === 'groups.defaultsForNew'
      found = {
        ours: positions(ours.filter((grant) => !isOnce(grant))),
        oursOnce: positions(ours.filter(isOnce)),
        others: positions(grants.filter((grant) => grant.connection !== connection.key)),
      }
      vouchers.set(groupId, found)
    }
    return found
  }
}

/** The accounts that are still there. */
function known(accountIds: readonly string[], positionOf: ReadonlyMap<string, number>): Int32Array {
  const positions = new Int32Array(accountIds.length)
  let found = 0
  for (const accountId of accountIds) {
    const position = positionOf.get(accountId)
    if (position !== undefined) positions[found++] = position
  }
  return sortInPlace(positions.subarray(0, found))
}
