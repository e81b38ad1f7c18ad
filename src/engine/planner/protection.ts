import { foldKey } from '../../domain/identity.ts'
import { matcher } from '../../domain/pattern.ts'
import { builtInProtectedGroups } from '../../domain/policy.ts'
import type { PlanInput, TargetEnd } from './input.ts'

/** Who and what is never taken away from (P20). */
export interface Protection {
  /** Positions of groups nobody is ever taken out of. */
  readonly groups: ReadonlySet<number>
  /** Positions of groups that administer something, by the target's word or by name. */
  readonly adminGroups: ReadonlySet<number>
  /** Positions of accounts that are members of an admin group. */
  readonly administrators: ReadonlySet<number>
  /** Positions of accounts no change ever touches: our own, and the break-glass list. */
  readonly untouchable: ReadonlySet<number>
}

/** True for names that alone say administration. */
export const isBuiltInAdminName = matcher(builtInProtectedGroups)

export function protectionOf(
  input: Pick<PlanInput, 'target' | 'connection'> & { readonly ends: TargetEnd },
): Protection {
  const { target, connection, ends } = input
  const isProtectedName = matcher(connection.groups.protected)
  const groups = new Set<number>()
  const adminGroups = new Set<number>()
  const administrators = new Set<number>()
  target.groups.forEach((group, index) => {
    const administers = group.grantsAdmin || isBuiltInAdminName(group.name)
    if (administers) {
      adminGroups.add(index)
      for (const account of group.accounts) administrators.add(account)
    }
    if (administers || isProtectedName(group.name)) groups.add(index)
  })
  const never = new Set(connection.guards.neverTouch.map(foldKey))
  const untouchable = new Set<number>()
  target.accounts.forEach((account, index) => {
    const names = [account.id, account.email, account.userName]
    if (account.own === true || account.id === ends.ownAccountId) untouchable.add(index)
    else if (names.some((name) => name !== undefined && never.has(foldKey(name)))) untouchable.add(index)
  })
  return { groups, adminGroups, administrators, untouchable }
}
