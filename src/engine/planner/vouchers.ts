import { adoptedRule, type GroupGrants, givenBackRule } from '../../domain/memory.ts'
import { sortInPlace, union } from '../../platform/sorted.ts'
import { accessKey } from './access/holders.ts'
import type { PlanInput } from './input.ts'
import { type Positions, positionsById } from './positions.ts'

/** Who vouches for the memberships of one group today: positions of accounts, ascending, each once. */
export interface Vouchers {
  /** Our grants that end when the source stops saying so. */
  readonly ours: Int32Array
  /** Our grants given once, to a new account or back to somebody who returned; they end only with the person. */
  readonly oursOnce: Int32Array
  /** Grants of other connections: what they stand for is never taken away here (D4). */
  readonly others: Int32Array
  /** Members of a default group because of access to its product that we gave, without a grant of their own (D20). */
  readonly byAccess: Int32Array
  /** Everybody whom a rule for access keeps here: those of `byAccess`, and members that we put in for it. */
  readonly forAccess: Int32Array
}

const nobody = new Int32Array(0)
const noVouchers: Vouchers = { ours: nobody, oursOnce: nobody, others: nobody, byAccess: nobody, forAccess: nobody }

/** What the default groups of products give, by group id and `accessKey`. */
type DefaultGroups = ReadonlyMap<string, readonly string[]>

/** The ledger by group id. `positionOf` finds an account of the target by its id. */
export function vouchersByGroup(
  { target, memory, connection }: Pick<PlanInput, 'target' | 'memory' | 'connection'>,
  positionOf = positionsById(target.accounts),
  defaultGroups: DefaultGroups = new Map(),
): (groupId: string | undefined) => Vouchers {
  const grantsOf = Map.groupBy(memory.grants, (grant) => grant.groupId)
  const positions = (grants: readonly { readonly accountIds: readonly string[] }[]) =>
    grants.length === 0 ? nobody : union(grants.map(({ accountIds }) => known(accountIds, positionOf)))
  const vouchers = new Map<string, Vouchers>()
  return (groupId) => {
    const grants = grantsOf.get(groupId ?? '') ?? []
    const gives = defaultGroups.get(groupId ?? '') ?? []
    if (groupId === undefined || grants.length + gives.length === 0) return noVouchers
    let found = vouchers.get(groupId)
    if (found === undefined) {
      const ours = grants.filter((grant) => grant.connection === connection.key)
      const isOnce = ({ rule }: GroupGrants) =>
        rule === 'groups.defaultsForNew' || rule === givenBackRule || rule === adoptedRule
      const access = gives.length === 0 ? [] : memory.access.filter((each) => gives.includes(accessKey(each)))
      const isOurs = (row: { readonly connection: string }) => row.connection === connection.key
      found = {
        ours: positions(ours.filter((grant) => !isOnce(grant))),
        oursOnce: positions(ours.filter(isOnce)),
        others: positions([...grants, ...access].filter((row) => !isOurs(row))),
        byAccess: positions(access.filter(isOurs)),
        forAccess: positions([...access.filter(isOurs), ...ours.filter(({ rule }) => rule.startsWith('users.access'))]),
      }
      vouchers.set(groupId, found)
    }
    return found
  }
}

/** The accounts that are still there. */
function known(accountIds: readonly string[], positionOf: Positions): Int32Array {
  const positions = new Int32Array(accountIds.length)
  return sortInPlace(positions.subarray(0, positionOf.findAll(accountIds, positions)))
}
