import type { AccessRole, Product, Seats } from '../../../domain/access.ts'
import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { ApplicationRole, User } from './schemas.ts'

/** Records of Jira as records of ours. Pure. */

/** What the own account is protected with. */
export const ownAccountReason = 'this is the account our own credential belongs to'

/** The key stays when somebody is renamed; Jira knows only active and inactive. */
export function accountOf(user: User, ownKey: string | undefined): TargetAccount {
  return {
    id: user.key,
    kind: 'person',
    state: user.active ? 'active' : 'suspended',
    userName: user.name,
    // Administrators see every address: none told is none there.
    email: user.emailAddress ?? '',
    displayName: user.displayName ?? '',
    ...(user.key === ownKey ? { own: true, readOnlyBecause: ownAccountReason } : {}),
  }
}

/** What Jira and the settings say about groups beside their names. */
export interface GroupFacts {
  /** Folded names of groups that administer, by the settings. */
  readonly adminNames: ReadonlySet<string>
  /** What members may use, by folded group name; undefined = nobody tells. */
  readonly access: ReadonlyMap<string, readonly AccessRole[]> | undefined
}

const builtIn = new Set(builtInProtectedGroups.map(foldCase))

/** A group is its name: Jira has neither an id for it nor a way to rename it. */
export function groupOf(name: string, { adminNames, access }: GroupFacts): TargetGroup {
  const folded = foldCase(name)
  return {
    id: name,
    name,
    grantsAdmin: builtIn.has(folded) || adminNames.has(folded),
    ...(access === undefined ? {} : { grantsAccess: access.get(folded) ?? [] }),
  }
}

export function accessByGroup(roles: readonly ApplicationRole[]): ReadonlyMap<string, readonly AccessRole[]> {
  const found = new Map<string, AccessRole[]>()
  for (const { key, groups } of roles) {
    for (const name of groups ?? []) {
      const list = found.get(foldCase(name)) ?? []
      list.push({ product: key, role: 'user' })
      found.set(foldCase(name), list)
    }
  }
  return found
}

/** Somebody gets into an application by its default groups, which is also what Jira itself does. */
export function productOf(role: ApplicationRole, adminNames: ReadonlySet<string>): Product {
  const administers = (name: string) => builtIn.has(foldCase(name)) || adminNames.has(foldCase(name))
  return {
    id: role.key,
    key: role.key,
    title: role.name ?? role.key,
    seats: seatsOf(role),
    roles: [{ key: 'user', usesSeat: true, administers: false }],
    grantedBy: 'group',
    defaultGroupIds: (role.defaultGroups ?? []).filter((name) => !administers(name)),
  }
}

function seatsOf({ hasUnlimitedSeats, numberOfSeats, remainingSeats, userCount }: ApplicationRole): Seats {
  if (hasUnlimitedSeats) return 'unlimited'
  if (typeof numberOfSeats !== 'number' || numberOfSeats < 0) return 'unknown'
  const used = typeof remainingSeats === 'number' && remainingSeats >= 0 ? numberOfSeats - remainingSeats : userCount
  return typeof used === 'number' && used >= 0 ? { total: numberOfSeats, used } : 'unknown'
}
